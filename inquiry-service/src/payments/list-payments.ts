/**
 * Lists payments, newest first by the time at which the ledger recorded them: a payment that is accepted early and
 * posted late does not slip in behind a page that was read already.
 *
 * Three ways, by what is asked for: one reference, one account, or all that the client pays or receives.
 */
import { z } from 'zod'
import type { ListPaymentsQuery, Payment } from '@paycluster/contracts'
import type { ConsistencyToken } from '@paycluster/platform/consistency/consistency-token'
import type { CursorCodec } from '@paycluster/platform/cursor/cursor-codec'
import { idToUuid, type IdCodec } from '@paycluster/platform/ids/id-codec'
import { loadText } from '@paycluster/platform/load-text'
import type { ReadRouter, RunQuery } from '@paycluster/platform/postgres/read-router'
import { requireOwnAccount } from '../accounts/own-account.ts'
import type { Answer } from '../answers/answer.ts'
import { NEWEST, pageAnswer, readList } from '../reads/list-reader.ts'
import { toPeriod, type Period } from '../reads/period.ts'
import { findSeqBounds } from '../statements/seq-bounds.ts'
import { toPayment, type PaymentRow } from './payment-row.ts'

const sql = (name: string) => ({ name, text: loadText(import.meta.url, `./${name}.sql`) })
const LIST_PAYMENTS = sql('list-payments')
const LIST_BY_REFERENCE = sql('list-payments-by-reference')
const LIST_OF_ACCOUNT = sql('list-account-payments')

const ROUTE = 'payments'
/** Rows that one page looks at for a status: it may come out shorter than asked, with a cursor to go on. */
const MAX_SCANNED = 1000

/** Below what the page lies: recorded payments by time and id; an account's by its sequence as well. */
const positionSchema = z.strictObject({
  time: z.string(),
  id: z.string(),
  seq: z.int().optional(),
  least: z.int().optional(),
})
type Position = z.output<typeof positionSchema>

type Filters = Readonly<Record<string, string>>

/** Rows in order, and below what the next page lies: undefined at the end. */
interface Piece {
  readonly rows: readonly PaymentRow[]
  readonly next: Position | undefined
}

/** A payment of an account, and how far its entries were looked at. */
type FoundAccountPayment = PaymentRow & {
  /** Null for one without an entry. */
  readonly seq: number | null
  readonly scanned: number
  /** The sequence of the last entry that was looked at; null where there was none. */
  readonly reached: number | null
}
type AccountPaymentRow =
  FoundAccountPayment | (Pick<FoundAccountPayment, 'scanned' | 'reached'> & { readonly id: null })

interface Request {
  readonly client: number
  readonly filters: Filters
  readonly period: Period
  readonly position: Position
  readonly limit: number
}

export class PaymentLister {
  readonly #router: ReadRouter
  readonly #cursors: CursorCodec
  readonly #ids: IdCodec

  constructor(router: ReadRouter, cursors: CursorCodec, ids: IdCodec) {
    this.#router = router
    this.#cursors = cursors
    this.#ids = ids
  }

  /**
   * @throws ProblemError `invalid_cursor` (400) · `not_found` (404) for an account that is not the client's ·
   * `replica_lag`, `unavailable`, `overloaded` (503)
   */
  async list(client: number, query: ListPaymentsQuery, token: ConsistencyToken | undefined): Promise<Answer> {
    const { account, status, reference, from, to, limit } = query
    const scope = { route: ROUTE, client }
    const asked = { account, status, reference, from, to }
    const { filters, position } =
      query.cursor === undefined
        ? { filters: JSON.parse(JSON.stringify(asked)) as Filters, position: NEWEST }
        : this.#cursors.decode(scope, query.cursor, asked, positionSchema)
    if (filters.account !== undefined) requireOwnAccount(this.#ids, filters.account, client)
    const request = { client, filters, period: toPeriod(filters), position, limit }
    const answer = await readList(this.#router, token, (run) => listerOf(filters)(run, request))
    const { rows, next } = answer.value
    const data: Payment[] = rows.map((row) => toPayment(this.#ids, row))
    const next_cursor = next === undefined ? null : this.#cursors.encode(scope, filters, next)
    return pageAnswer({ data, next_cursor }, answer, rows[0]?.lsn)
  }
}

function listerOf(filters: Filters): (run: RunQuery, request: Request) => Promise<Piece> {
  if (filters.reference !== undefined) return listByReference
  return filters.account === undefined ? listAll : listOfAccount
}

async function listAll(run: RunQuery, { client, filters, period, position, limit }: Request): Promise<Piece> {
  const status = filters.status ?? null
  const scanned = status === null ? limit + 1 : MAX_SCANNED
  const values = [client, status, period.from, period.to, position.time, position.id, scanned]
  const { rows } = await run<PaymentRow & { ord: number }>({ ...LIST_PAYMENTS, values })
  const matching = rows.filter((row) => status === null || row.status === status)
  if (matching.length > limit) return upTo(matching, limit)
  const last = rows.at(-1)
  return { rows: matching, next: last?.ord === scanned ? positionOf(last) : undefined }
}

async function listByReference(run: RunQuery, { client, filters, period, position, limit }: Request): Promise<Piece> {
  const { reference, status, account } = filters
  const { rows } = await run<PaymentRow>({
    ...LIST_BY_REFERENCE,
    values: [
      client,
      reference,
      status ?? null,
      account === undefined ? null : idToUuid(account),
      period.from,
      period.to,
      position.time,
      position.id,
      limit + 1,
    ],
  })
  return upTo(rows, limit)
}

async function listOfAccount(run: RunQuery, { filters, period, position, limit }: Request): Promise<Piece> {
  const { account = '', status } = filters
  const uuid = idToUuid(account)
  const { seq, least } =
    position.seq === undefined || position.least === undefined
      ? await findSeqBounds(run, uuid, period)
      : { seq: position.seq, least: position.least }
  const scan = status === undefined || status === 'failed' ? limit + 1 : MAX_SCANNED
  const { rows } = await run<AccountPaymentRow>({
    ...LIST_OF_ACCOUNT,
    values: [
      uuid,
      status !== 'failed',
      seq,
      least,
      status === undefined || status === 'failed' || status === 'processing',
      period.from,
      period.to,
      position.time,
      position.id,
      scan,
      status ?? null,
    ],
  })
  const found = rows.filter((row): row is FoundAccountPayment => row.id !== null)
  const shown = found.slice(0, limit)
  const lastWithout = shown.findLast((row) => row.seq === null)
  const { time, id } = lastWithout === undefined ? position : positionOf(lastWithout)
  if (found.length > limit)
    return { rows: shown, next: { time, id, seq: shown.findLast((row) => row.seq !== null)?.seq ?? seq, least } }
  const [looked] = rows
  const isMore = looked?.scanned === scan && looked.reached !== null && looked.reached > least
  return { rows: shown, next: isMore ? { time, id, seq: looked.reached, least } : undefined }
}

function upTo(rows: readonly PaymentRow[], limit: number): Piece {
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1) : undefined
  return { rows: shown, next: last === undefined ? undefined : positionOf(last) }
}

const positionOf = (row: PaymentRow): Position => ({ time: row.posted_at, id: row.id })
