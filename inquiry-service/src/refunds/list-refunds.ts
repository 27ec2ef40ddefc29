import { z } from 'zod'
import type { PageQuery } from '@paycluster/contracts'
import type { ConsistencyToken } from '@paycluster/platform/consistency/consistency-token'
import type { CursorCodec } from '@paycluster/platform/cursor/cursor-codec'
import { idToUuid, type IdCodec } from '@paycluster/platform/ids/id-codec'
import { loadText } from '@paycluster/platform/load-text'
import type { ReadRouter } from '@paycluster/platform/postgres/read-router'
import type { Answer } from '../answers/answer.ts'
import { demandIssued, demandPart } from '../payments/payment-part.ts'
import { NEWEST, pageAnswer, readList } from '../reads/list-reader.ts'
import { toRefund, type RefundRow } from './refund-row.ts'

const LIST_REFUNDS = { name: 'list-refunds', text: loadText(import.meta.url, './list-refunds.sql') }

/** Below which refund the page lies. */
const positionSchema = z.strictObject({ time: z.string(), id: z.string() })

type Row = RefundRow | (Omit<RefundRow, 'id' | 'client_id'> & { readonly id: null })

/** Lists the refunds of a payment, newest first, failed ones included. */
export class RefundLister {
  readonly #router: ReadRouter
  readonly #cursors: CursorCodec
  readonly #ids: IdCodec

  constructor(router: ReadRouter, cursors: CursorCodec, ids: IdCodec) {
    this.#router = router
    this.#cursors = cursors
    this.#ids = ids
  }

  /**
   * @throws ProblemError `invalid_cursor` (400) · `not_found` (404) for a payment that the caller has no part in ·
   * `replica_lag`, `unavailable`, `overloaded` (503)
   */
  async list(
    paymentId: string,
    client: number,
    query: PageQuery,
    token: ConsistencyToken | undefined,
  ): Promise<Answer> {
    demandIssued(this.#ids, paymentId)
    const scope = { route: `refunds ${paymentId}`, client }
    const position =
      query.cursor === undefined ? NEWEST : this.#cursors.decode(scope, query.cursor, {}, positionSchema).position
    const values = [idToUuid(paymentId), position.time, position.id, query.limit + 1]
    const answer = await readList(this.#router, token, (run) => run<Row>({ ...LIST_REFUNDS, values }))
    const { rows } = answer.value
    demandPart(this.#ids, paymentId, client, rows[0])
    const found = rows.filter((row): row is RefundRow => row.id !== null)
    const shown = found.slice(0, query.limit)
    const last = found.length > query.limit ? shown.at(-1) : undefined
    const next_cursor =
      last === undefined ? null : this.#cursors.encode(scope, {}, { time: last.posted_at, id: last.id })
    return pageAnswer({ data: shown.map((row) => toRefund(this.#ids, row)), next_cursor }, answer, rows[0]?.lsn)
  }
}
