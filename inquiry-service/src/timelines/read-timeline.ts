import { z } from 'zod'
import type { PageQuery, TimelineEntry } from '@paycluster/contracts'
import type { ConsistencyToken } from '@paycluster/platform/consistency/consistency-token'
import type { CursorCodec } from '@paycluster/platform/cursor/cursor-codec'
import { idToUuid, type IdCodec } from '@paycluster/platform/ids/id-codec'
import { loadText } from '@paycluster/platform/load-text'
import type { ReadRouter } from '@paycluster/platform/postgres/read-router'
import type { Answer } from '../answers/answer.ts'
import { demandIssued, demandPart } from '../payments/payment-part.ts'
import { NEWEST, pageAnswer, readList } from '../reads/list-reader.ts'
import { hasOperation, toFirstEntries, toOperationEntry, type TimelineRow } from './timeline-row.ts'

const READ_TIMELINE = { name: 'read-timeline', text: loadText(import.meta.url, './read-timeline.sql') }

/** Below which operation the page lies, and how many of the first entries, which come last, were shown already. */
const positionSchema = z.strictObject({ time: z.string(), id: z.string(), shownFirst: z.int().default(0) })

/** Reads what happened to payments, newest first. */
export class TimelineReader {
  readonly #router: ReadRouter
  readonly #cursors: CursorCodec
  readonly #ids: IdCodec

  constructor(router: ReadRouter, cursors: CursorCodec, ids: IdCodec) {
    this.#router = router
    this.#cursors = cursors
    this.#ids = ids
  }

  /**
   * A page; how the payment came to be is at the end of the list. A payment that is not posted yet has an empty one.
   *
   * @throws ProblemError `invalid_cursor` (400) · `not_found` (404) for a payment that the caller has no part in ·
   * `replica_lag`, `unavailable`, `overloaded` (503)
   */
  async read(
    paymentId: string,
    client: number,
    query: PageQuery,
    token: ConsistencyToken | undefined,
  ): Promise<Answer> {
    demandIssued(this.#ids, paymentId)
    const scope = { route: `timeline ${paymentId}`, client }
    const position =
      query.cursor === undefined
        ? { ...NEWEST, shownFirst: 0 }
        : this.#cursors.decode(scope, query.cursor, {}, positionSchema).position
    const values = [idToUuid(paymentId), position.time, position.id, query.limit + 1]
    const answer = await readList(this.#router, token, (run) => run<TimelineRow>({ ...READ_TIMELINE, values }))
    const { rows } = answer.value
    const [payment] = rows
    demandPart(this.#ids, paymentId, client, payment)
    const operations = rows.filter(hasOperation)
    const shown = operations.slice(0, query.limit)
    const entries: TimelineEntry[] = shown.map((row) => toOperationEntry(this.#ids, row))
    const isWhole = operations.length <= query.limit
    const first = isWhole && payment !== undefined ? toFirstEntries(payment).slice(position.shownFirst) : []
    const data = [...entries, ...first].slice(0, query.limit)
    const last = shown.at(-1)
    const { time, id } = last === undefined ? position : { time: last.operation_posted_at, id: last.operation_id }
    const shownFirst = position.shownFirst + data.length - entries.length
    const isMore = !isWhole || data.length < entries.length + first.length
    const next_cursor = isMore ? this.#cursors.encode(scope, {}, { time, id, shownFirst }) : null
    return pageAnswer({ data, next_cursor }, answer, payment?.lsn)
  }
}
