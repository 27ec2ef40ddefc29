import { z } from 'zod'
import type { AuditBatchPage, AuditReceipt, ListAuditQuery, PageQuery } from '@paycluster/contracts'
import type { ConsistencyToken } from '@paycluster/platform/consistency/consistency-token'
import type { CursorCodec } from '@paycluster/platform/cursor/cursor-codec'
import { loadText } from '@paycluster/platform/load-text'
import type { ReadRouter } from '@paycluster/platform/postgres/read-router'
import { ProblemError } from '@paycluster/platform/problem-error'
import type { Answer } from '../answers/answer.ts'
import { pageAnswer, readList, unversionedAnswer } from '../reads/list-reader.ts'
import {
  toBatch,
  toReceiptRecord,
  toRecord,
  type AuditBatchRow,
  type AuditRecordRow,
  type ReceiptRow,
} from './audit-row.ts'

const LIST = { name: 'list-audit', text: loadText(import.meta.url, './list-records.sql') }
const LIST_SUBJECT = { name: 'list-audit-subject', text: loadText(import.meta.url, './list-records-of-subject.sql') }
const LIST_TYPE = { name: 'list-audit-type', text: loadText(import.meta.url, './list-records-of-type.sql') }
const LIST_BATCHES = { name: 'list-audit-batches', text: loadText(import.meta.url, './list-batches.sql') }
const READ_RECEIPT = { name: 'read-audit-receipt', text: loadText(import.meta.url, './read-receipt.sql') }

/** Above every record. */
const END = Number.MAX_SAFE_INTEGER
/** Of a page of batches: about two megabytes. */
const MAX_RECORDS = 2000
/** A payment has a few; an account may have been blocked more often. */
const MAX_RECEIPT_RECORDS = 100

/** Of which the index of types has none. */
const COMMON_TYPES = /^(?:payment|refund)\./

const positionSchema = z.strictObject({ at: z.int() })

/** Reads the audit log, for whoever operates the cluster. */
export class AuditReader {
  readonly #router: ReadRouter
  readonly #cursors: CursorCodec
  readonly #publicKey: string

  /** @param publicKey  of the heads' signatures, in PEM */
  constructor(router: ReadRouter, cursors: CursorCodec, publicKey: string) {
    this.#router = router
    this.#cursors = cursors
    this.#publicKey = publicKey
  }

  /**
   * @param caller  the client that asks: a cursor is its own
   * @throws ProblemError `invalid_cursor` (400) · `replica_lag`, `unavailable`, `overloaded` (503)
   */
  async list(caller: number, query: ListAuditQuery, token: ConsistencyToken | undefined): Promise<Answer> {
    const scope = { route: 'audit records', client: caller }
    const asked = { subject: query.subject, type: query.type }
    const { filters, position } =
      query.cursor === undefined
        ? { filters: asked, position: { at: END } }
        : this.#cursors.decode(scope, query.cursor, asked, positionSchema)
    const statement = listStatement(filters, [position.at, query.limit + 1])
    const answer = await readList(this.#router, token, (run) => run<AuditRecordRow>(statement))
    const { rows } = answer.value
    const shown = rows.slice(0, query.limit)
    const last = rows.length > query.limit ? shown.at(-1) : undefined
    const next_cursor = last === undefined ? null : this.#cursors.encode(scope, filters, { at: last.seq })
    return pageAnswer({ data: shown.map(toRecord), next_cursor }, answer, rows[0]?.lsn)
  }

  /**
   * Batches with their records, oldest first; fewer than asked for where they are large.
   *
   * @throws ProblemError as {@link list}
   */
  async listBatches(caller: number, query: PageQuery, token: ConsistencyToken | undefined): Promise<Answer> {
    const scope = { route: 'audit batches', client: caller }
    const { at } =
      query.cursor === undefined ? { at: 0 } : this.#cursors.decode(scope, query.cursor, {}, positionSchema).position
    const values = [at, query.limit, MAX_RECORDS]
    const answer = await readList(this.#router, token, (run) => run<AuditBatchRow>({ ...LIST_BATCHES, values }))
    const { rows } = answer.value
    const last = rows.at(-1)
    const page: AuditBatchPage = {
      public_key: this.#publicKey,
      data: await Promise.all(rows.map(toBatch)),
      next_cursor: last?.has_next === true ? this.#cursors.encode(scope, {}, { at: last.number }) : null,
    }
    return pageAnswer(page, answer, last?.lsn)
  }

  /** @throws ProblemError `not_found` (404) · `replica_lag`, `unavailable`, `overloaded` (503) */
  async readReceipt(subject: string, token: ConsistencyToken | undefined): Promise<Answer> {
    const values = [subject, MAX_RECEIPT_RECORDS + 1]
    const answer = await readList(this.#router, token, (run) => run<ReceiptRow>({ ...READ_RECEIPT, values }))
    const { rows } = answer.value
    if (rows.length === 0) throw new ProblemError('not_found', 'Nothing is recorded of that yet.')
    const records = await each(rows.slice(-MAX_RECEIPT_RECORDS), toReceiptRecord)
    const is_whole = records.length === rows.length
    const receipt: AuditReceipt = { subject, public_key: this.#publicKey, is_whole, records }
    return unversionedAnswer(receipt, answer, rows[0]?.lsn)
  }
}

function listStatement({ subject, type }: Pick<ListAuditQuery, 'subject' | 'type'>, page: readonly number[]) {
  if (subject !== undefined) return { ...LIST_SUBJECT, values: [...page, subject, type ?? null] }
  if (type === undefined || COMMON_TYPES.test(type)) return { ...LIST, values: [...page, type ?? null] }
  return { ...LIST_TYPE, values: [...page, type] }
}

/** One after the other: each holds a batch in memory. */
async function each<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (const item of items) results.push(await work(item))
  return results
}
