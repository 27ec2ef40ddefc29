/**
 * Reads what a statement is made of: first where it begins, ends and opens, of one state; then its entries, five hundred at a
 * time, from any node that has them. Entries below the account's version never change, so that all of it is of that state,
 * whoever is asked and however long it takes.
 */
import { createHash } from 'node:crypto'
import type { StatementQuery } from '@paycluster/contracts'
import type { ConsistencyToken } from '@paycluster/platform/consistency/consistency-token'
import { maxLsn, parseLsn } from '@paycluster/platform/consistency/lsn'
import { idToUuid, type IdCodec } from '@paycluster/platform/ids/id-codec'
import { loadText } from '@paycluster/platform/load-text'
import type { ReadPosition } from '@paycluster/platform/postgres/read-position'
import type { ReadRouter } from '@paycluster/platform/postgres/read-router'
import { ProblemError } from '@paycluster/platform/problem-error'
import { accountNotOpen } from '../accounts/own-account.ts'
import type { Answer } from '../answers/answer.ts'
import { readList, routedAnswer } from '../reads/list-reader.ts'
import { toInstant, toPeriod } from '../reads/period.ts'
import { findSeqBounds } from '../statements/seq-bounds.ts'
import type { StatementDocument, StatementLine } from './statement-document.ts'

const READ_SPAN = { name: 'read-span', text: loadText(import.meta.url, './read-span.sql') }
const READ_LINES = { name: 'read-lines', text: loadText(import.meta.url, './read-lines.sql') }

/** Some 0.2 MB of heap, and eight milliseconds to be written as CSV: others wait for no longer. */
const LINES_AT_ONCE = 500
/** Of the form of documents: another one gives other bytes. */
const FORM = 1

interface SpanRow {
  readonly currency: string
  readonly next_seq: number
  readonly opening: number
  readonly opening_held: number
  readonly lsn: string
}

interface LineRow {
  readonly seq: number
  readonly payment_id: string
  readonly payment_client_id: number
  readonly kind: StatementLine['kind']
  readonly amount: number
  readonly balance_after: number
  readonly held: number | null
  readonly held_after: number | null
  readonly created_at: string
  readonly reference: string | null
}

/** A statement, and what an answer with it says of where it comes from. Its body is the document, and not this one's. */
export interface FoundDocument {
  readonly document: StatementDocument
  readonly answer: Answer
}

export class DocumentReader {
  readonly #router: ReadRouter
  readonly #ids: IdCodec

  constructor(router: ReadRouter, ids: IdCodec) {
    this.#router = router
    this.#ids = ids
  }

  /**
   * @param id  the caller's own account, as its tag says
   * @throws ProblemError `invalid_parameter` (400) · `not_found` when the account is not open · `replica_lag`,
   * `unavailable`, `overloaded` (503)
   */
  async read(id: string, query: StatementQuery, token: ConsistencyToken | undefined): Promise<FoundDocument> {
    const [from, to] = [query.from, query.to].map((time) => (time === undefined ? undefined : toInstant(time)))
    if (from !== undefined && to !== undefined && from >= to)
      throw new ProblemError('invalid_parameter', 'The period ends before it begins.', {
        errors: [{ pointer: 'to', code: 'range', detail: 'is not after `from`' }],
      })
    const uuid = idToUuid(id)
    const routed = await readList(this.#router, token, async (run) => {
      const { seq, least } = await findSeqBounds(run, uuid, toPeriod(query))
      const { rows } = await run<SpanRow>({ ...READ_SPAN, values: [uuid, least, seq] })
      return { row: rows[0], firstSeq: least }
    })
    const { row, firstSeq } = routed.value
    if (row === undefined) throw accountNotOpen()
    const { currency, opening, opening_held: openingPending } = row
    const nextSeq = Math.max(firstSeq, row.next_seq)
    const head = { account: id, currency, from, to, firstSeq, nextSeq, opening, openingPending }
    const lsn = maxLsn(parseLsn(row.lsn), routed.source.lsn)
    // Where a bound is absent or to come, what it ends with is part of what it is.
    const etag = createHash('sha256')
      .update(JSON.stringify([FORM, query.format, head]))
      .digest('base64url')
      .slice(0, 22)
    return {
      document: { ...head, lines: this.#lines(uuid, head, { lsn, asOfMs: routed.source.asOfMs }) },
      answer: routedAnswer('', etag, routed, row.lsn),
    }
  }

  /** @throws ProblemError as {@link read} · Error when a node has another history, after a failover that lost commits */
  async *#lines(
    uuid: string,
    { firstSeq, nextSeq, opening }: Pick<StatementDocument, 'firstSeq' | 'nextSeq' | 'opening'>,
    position: ReadPosition,
  ): AsyncGenerator<StatementLine[], void> {
    let balance = opening
    for (let seq = firstSeq; seq < nextSeq; seq += LINES_AT_ONCE) {
      const end = Math.min(nextSeq, seq + LINES_AT_ONCE)
      const answer = await this.#router.read(position, async (run) => {
        const { rows } = await run<LineRow>({ ...READ_LINES, values: [uuid, seq, end] })
        return rows
      })
      const lines = answer.value.map((row) => this.#toLine(row))
      for (const [at, line] of lines.entries()) {
        if (line.seq !== seq + at || line.balanceAfter !== balance + line.amount)
          throw new Error(`entry ${line.seq} does not follow from the one before`)
        balance = line.balanceAfter
      }
      if (lines.length !== end - seq) throw new Error(`entries ${seq} to ${end - 1} are not all there`)
      yield lines
    }
  }

  #toLine(row: LineRow): StatementLine {
    return {
      seq: row.seq,
      at: row.created_at,
      kind: row.kind,
      paymentId: this.#ids.fromUuid('pay', row.payment_id, row.payment_client_id),
      reference: row.reference,
      amount: row.amount,
      balanceAfter: row.balance_after,
      pendingAmount: row.held ?? 0,
      pendingAfter: row.held_after ?? 0,
    }
  }
}
