import { z } from 'zod'
import { keyStatusAt, type Key, type ListKeysQuery } from '@paycluster/contracts'
import type { Clock } from '@paycluster/platform/clock'
import type { ConsistencyToken } from '@paycluster/platform/consistency/consistency-token'
import type { CursorCodec } from '@paycluster/platform/cursor/cursor-codec'
import { loadText } from '@paycluster/platform/load-text'
import type { ReadRouter } from '@paycluster/platform/postgres/read-router'
import type { Answer } from '../answers/answer.ts'
import { NEWEST, pageAnswer, readList } from '../reads/list-reader.ts'

const LIST_KEYS = { name: 'list-keys', text: loadText(import.meta.url, './list-keys.sql') }
const ROUTE = 'keys'

/** Below which key the page lies. */
const positionSchema = z.strictObject({ time: z.string(), id: z.string() })

type Row = Omit<Key, 'status'> & { readonly lsn: string }

/** Lists keys, newest first, never with a secret or its hash: for whoever operates the cluster. */
export class KeyLister {
  readonly #router: ReadRouter
  readonly #cursors: CursorCodec
  readonly #clock: Clock

  constructor(router: ReadRouter, cursors: CursorCodec, clock: Clock) {
    this.#router = router
    this.#cursors = cursors
    this.#clock = clock
  }

  /**
   * @param caller  the client that asks: a cursor is its own
   * @throws ProblemError `invalid_cursor` (400) · `replica_lag`, `unavailable`, `overloaded` (503)
   */
  async list(caller: number, query: ListKeysQuery, token: ConsistencyToken | undefined): Promise<Answer> {
    const scope = { route: ROUTE, client: caller }
    const asked = { client_id: query.client_id === undefined ? undefined : String(query.client_id) }
    const { filters, position } =
      query.cursor === undefined
        ? { filters: asked, position: NEWEST }
        : this.#cursors.decode(scope, query.cursor, asked, positionSchema)
    const values = [filters.client_id ?? null, position.time, position.id, query.limit + 1]
    const answer = await readList(this.#router, token, (run) => run<Row>({ ...LIST_KEYS, values }))
    const { rows } = answer.value
    const shown = rows.slice(0, query.limit)
    const last = rows.length > query.limit ? shown.at(-1) : undefined
    const nowMs = this.#clock.now()
    const data = shown.map((row) => toKey(row, nowMs))
    const next_cursor =
      last === undefined ? null : this.#cursors.encode(scope, filters, { time: last.created_at, id: last.id })
    return pageAnswer({ data, next_cursor }, answer, rows[0]?.lsn)
  }
}

const timeOf = (time: string | null): number | null => (time === null ? null : Date.parse(time))

function toKey(row: Row, nowMs: number): Key {
  const { id, client_id, scopes, limit_tier, signature_required, version, created_at, expires_at, revoked_at } = row
  const status = keyStatusAt({ expiresAtMs: timeOf(expires_at), revokedAtMs: timeOf(revoked_at) }, nowMs)
  return {
    id,
    client_id,
    scopes,
    limit_tier,
    signature_required,
    status,
    version,
    created_at,
    expires_at,
    revoked_at,
  }
}
