import { z } from 'zod'
import type { ListAccountsQuery } from '@paycluster/contracts'
import type { ConsistencyToken } from '@paycluster/platform/consistency/consistency-token'
import type { CursorCodec } from '@paycluster/platform/cursor/cursor-codec'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import { loadText } from '@paycluster/platform/load-text'
import type { ReadRouter } from '@paycluster/platform/postgres/read-router'
import type { Answer } from '../answers/answer.ts'
import { NEWEST, pageAnswer, readList } from '../reads/list-reader.ts'
import { toAccount, type AccountRow } from './account-kind.ts'

const sql = (name: string) => ({ name, text: loadText(import.meta.url, `./${name}.sql`) })
const LIST_ACCOUNTS = sql('list-accounts')
const LIST_BY_EXTERNAL_ID = sql('list-accounts-by-external-id')
const ROUTE = 'accounts'

/** Below which account the page lies. */
const positionSchema = z.strictObject({ time: z.string(), id: z.string() })

/** Lists a client's accounts, newest first. */
export class AccountLister {
  readonly #router: ReadRouter
  readonly #cursors: CursorCodec
  readonly #ids: IdCodec

  constructor(router: ReadRouter, cursors: CursorCodec, ids: IdCodec) {
    this.#router = router
    this.#cursors = cursors
    this.#ids = ids
  }

  /** @throws ProblemError `invalid_cursor` (400) · `replica_lag`, `unavailable`, `overloaded` (503) */
  async list(client: number, query: ListAccountsQuery, token: ConsistencyToken | undefined): Promise<Answer> {
    const scope = { route: ROUTE, client }
    const asked = { external_id: query.external_id }
    const { filters, position } =
      query.cursor === undefined
        ? { filters: asked, position: NEWEST }
        : this.#cursors.decode(scope, query.cursor, asked, positionSchema)
    const page = [client, position.time, position.id, query.limit + 1]
    const statement =
      filters.external_id === undefined
        ? { ...LIST_ACCOUNTS, values: page }
        : { ...LIST_BY_EXTERNAL_ID, values: [...page, filters.external_id] }
    const answer = await readList(this.#router, token, (run) => run<AccountRow>(statement))
    const { rows } = answer.value
    const shown = rows.slice(0, query.limit)
    const last = rows.length > query.limit ? shown.at(-1) : undefined
    const data = shown.map((row) => toAccount(row, this.#ids.fromUuid('acc', row.id, row.client_id)))
    const next_cursor =
      last === undefined ? null : this.#cursors.encode(scope, filters, { time: last.created_at, id: last.id })
    return pageAnswer({ data, next_cursor }, answer, rows[0]?.lsn)
  }
}
