import { z } from 'zod'
import { deadLetterIdSchema, type ListDeadLettersQuery } from '@paycluster/contracts'
import type { ConsistencyToken } from '@paycluster/platform/consistency/consistency-token'
import type { CursorCodec } from '@paycluster/platform/cursor/cursor-codec'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import { loadText } from '@paycluster/platform/load-text'
import type { ReadRouter } from '@paycluster/platform/postgres/read-router'
import { ProblemError } from '@paycluster/platform/problem-error'
import type { Answer } from '../answers/answer.ts'
import { NEWEST, pageAnswer, readList, routedAnswer } from '../reads/list-reader.ts'
import { toDeadLetter, toFullDeadLetter, type DeadLetterRow, type FullDeadLetterRow } from './dead-letter-row.ts'

const LIST_DEAD_LETTERS = { name: 'list-dead-letters', text: loadText(import.meta.url, './list-dead-letters.sql') }
const READ_DEAD_LETTER = { name: 'read-dead-letter', text: loadText(import.meta.url, './read-dead-letter.sql') }
const ROUTE = 'dead letters'

/** Below which letter the page lies. */
const positionSchema = z.strictObject({ time: z.string(), id: z.string() })

/** Reads dead letters, for whoever operates the cluster. */
export class DeadLetterReader {
  readonly #router: ReadRouter
  readonly #cursors: CursorCodec
  readonly #ids: IdCodec

  constructor(router: ReadRouter, cursors: CursorCodec, ids: IdCodec) {
    this.#router = router
    this.#cursors = cursors
    this.#ids = ids
  }

  /**
   * @param caller  the client that asks: a cursor is its own
   * @throws ProblemError `invalid_cursor` (400) · `replica_lag`, `unavailable`, `overloaded` (503)
   */
  async list(caller: number, query: ListDeadLettersQuery, token: ConsistencyToken | undefined): Promise<Answer> {
    const scope = { route: ROUTE, client: caller }
    const asked = { kind: query.kind, state: query.state }
    const { filters, position } =
      query.cursor === undefined
        ? { filters: asked, position: NEWEST }
        : this.#cursors.decode(scope, query.cursor, asked, positionSchema)
    const values = [filters.kind ?? null, filters.state ?? null, position.time, position.id, query.limit + 1]
    const answer = await readList(this.#router, token, (run) => run<DeadLetterRow>({ ...LIST_DEAD_LETTERS, values }))
    const { rows } = answer.value
    const shown = rows.slice(0, query.limit)
    const last = rows.length > query.limit ? shown.at(-1) : undefined
    const data = shown.map((row) => toDeadLetter(this.#ids, row))
    const next_cursor =
      last === undefined ? null : this.#cursors.encode(scope, filters, { time: last.first_at, id: last.id })
    return pageAnswer({ data, next_cursor }, answer, rows[0]?.lsn)
  }

  /** @throws ProblemError `not_found` (404) · `replica_lag`, `unavailable`, `overloaded` (503) */
  async read(id: string, token: ConsistencyToken | undefined): Promise<Answer> {
    if (!deadLetterIdSchema.safeParse(id).success) throw noSuchLetter()
    const answer = await readList(this.#router, token, (run) =>
      run<FullDeadLetterRow>({ ...READ_DEAD_LETTER, values: [id] }),
    )
    const [row] = answer.value.rows
    if (row === undefined) throw noSuchLetter()
    return routedAnswer(JSON.stringify(toFullDeadLetter(this.#ids, row)), String(row.version), answer, row.lsn)
  }
}

const noSuchLetter = (): ProblemError => new ProblemError('not_found', 'There is no such dead letter.')
