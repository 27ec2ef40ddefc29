import { z } from 'zod'
import type { Client, PageQuery } from '@paycluster/contracts'
import type { ConsistencyToken } from '@paycluster/platform/consistency/consistency-token'
import type { CursorCodec } from '@paycluster/platform/cursor/cursor-codec'
import { loadText } from '@paycluster/platform/load-text'
import type { ReadRouter } from '@paycluster/platform/postgres/read-router'
import type { Answer } from '../answers/answer.ts'
import { pageAnswer, readList } from '../reads/list-reader.ts'

const LIST_CLIENTS = { name: 'list-clients', text: loadText(import.meta.url, './list-clients.sql') }
const ROUTE = 'clients'

/** Below which client the page lies. */
const positionSchema = z.strictObject({ id: z.int() })
/** PostgreSQL's last integer, which no client has got to. */
const NEWEST = { id: 2 ** 31 - 1 }

interface Row {
  readonly id: number
  readonly name: string
  readonly created_at: string
  readonly lsn: string
}

/** Lists all clients, newest first: for whoever operates the cluster. */
export class ClientLister {
  readonly #router: ReadRouter
  readonly #cursors: CursorCodec

  constructor(router: ReadRouter, cursors: CursorCodec) {
    this.#router = router
    this.#cursors = cursors
  }

  /**
   * @param caller  the client that asks: a cursor is its own
   * @throws ProblemError `invalid_cursor` (400) · `replica_lag`, `unavailable`, `overloaded` (503)
   */
  async list(caller: number, query: PageQuery, token: ConsistencyToken | undefined): Promise<Answer> {
    const scope = { route: ROUTE, client: caller }
    const position =
      query.cursor === undefined ? NEWEST : this.#cursors.decode(scope, query.cursor, {}, positionSchema).position
    const values = [position.id, query.limit + 1]
    const answer = await readList(this.#router, token, (run) => run<Row>({ ...LIST_CLIENTS, values }))
    const { rows } = answer.value
    const shown = rows.slice(0, query.limit)
    const last = rows.length > query.limit ? shown.at(-1) : undefined
    const data = shown.map(({ id, name, created_at }): Client => ({ id, name, created_at }))
    const next_cursor = last === undefined ? null : this.#cursors.encode(scope, {}, { id: last.id })
    return pageAnswer({ data, next_cursor }, answer, rows[0]?.lsn)
  }
}
