/**
 * Finds out who presents a key.
 *
 * How soon a revocation counts: within 10 s. What is kept here is at most one second old when it is used (KEPT_MS), and
 * reaches the gateway within its time-out of two (AUTH_TIMEOUT). The gateway uses it for as long as `max-age` says, four
 * to five seconds, because nginx counts whole ones, and while it asks again, which takes two at most; without that
 * header it keeps nothing. Only while this service cannot be reached at all does it go on for 15 s more. The row is read
 * behind the read index, so that a replica's lag adds nothing. With the primary away keys are read as far as replicas
 * know them; nobody can revoke one then.
 */
import { LRUCache } from 'lru-cache'
import type { Identity } from '@paycluster/contracts'
import type { Clock } from '@paycluster/platform/clock'
import { loadText } from '@paycluster/platform/load-text'
import type { ReadRouter } from '@paycluster/platform/postgres/read-router'
import { MissBatch } from '../reads/miss-batch.ts'
import { identify, isSecretOf, readAuthorization, type ApiKeyRow, type PresentedKey } from './api-key.ts'

/** For how long a key's row, or that there is none, is kept in this process. */
const KEPT_MS = 1000
const MAX_KEPT = 10_000
/** For how long the gateway may use an answer: of the ten seconds, what keeping, two look-ups and rounding leave. */
export const GATEWAY_SECONDS = 4

const READ_API_KEYS = { name: 'read-api-keys', text: loadText(import.meta.url, './read-api-keys.sql') }

export class Authenticator {
  readonly #keys: MissBatch<ApiKeyRow>
  readonly #kept: LRUCache<string, { readonly row: ApiKeyRow | undefined }>
  readonly #clock: Clock

  constructor(router: ReadRouter, clock: Clock) {
    this.#keys = new MissBatch(router, { ...READ_API_KEYS, keyOf: (row) => row.id })
    this.#kept = new LRUCache({ max: MAX_KEPT, ttl: KEPT_MS })
    this.#clock = clock
  }

  /**
   * @param authorization  the header
   * @returns undefined for whoever presents no key, a wrong, an expired or a revoked one
   * @throws ProblemError `unavailable`, `overloaded`, `replica_lag` (503) when keys cannot be read
   */
  async authenticate(authorization: string | undefined): Promise<Identity | undefined> {
    const presented = readAuthorization(authorization)
    if (presented === undefined) return undefined
    const row = await this.#rowOf(presented)
    return row === undefined ? undefined : identify(row, presented, this.#clock.now())
  }

  /** A secret that is not that of the row as it is kept may be a new one: whoever has just rotated a key uses it at once. */
  async #rowOf(presented: PresentedKey): Promise<ApiKeyRow | undefined> {
    const { id } = presented
    const kept = this.#kept.get(id)
    if (kept !== undefined && (kept.row === undefined || isSecretOf(kept.row, presented))) return kept.row
    const { row } = await this.#keys.load(id)
    this.#kept.set(id, { row })
    return row
  }
}
