/** Connections to the primary, for posting alone. */
import pg, { type Pool } from 'pg'
import type { Logger } from '@paycluster/platform/logging'
import { surviveLostConnections } from '@paycluster/platform/postgres/survive-lost-connections'

/** What a commit waits for: one of the standbys (the cluster's `synchronous_standby_names`), or this node's disk alone. */
export type Durability = 'quorum' | 'local'

export interface PrimaryPoolOptions {
  readonly url: string
  readonly name: string
  readonly durability: Durability
  /** Batches that are posted at once. */
  readonly concurrency: number
  readonly logger: Logger
}

/** Beside one for each batch: while the connection of one is being replaced, and for the sweep of holds. */
const SPARE_CONNECTIONS = 2
const CONNECT_TIMEOUT_MS = 3_000
/** A statement that waits longer meets a lock that nobody gives back. */
const LOCK_TIMEOUT_MS = 10_000

export function createPrimaryPool({ url, name, durability, concurrency, logger }: PrimaryPoolOptions): Pool {
  const settings = [
    // Nested loops keep the order in which update-balances.sql locks its rows; see there.
    'enable_hashjoin=off',
    'enable_mergejoin=off',
    `synchronous_commit=${durability === 'quorum' ? 'on' : 'local'}`,
    `lock_timeout=${LOCK_TIMEOUT_MS}`,
    // Whatever the role or the database say: a COMMIT that is cancelled while it waits for a standby succeeds, with a
    // warning, and would pass for durable. posting-watch.ts says when one waits long.
    'statement_timeout=0',
    'idle_in_transaction_session_timeout=30000',
  ]
  const pool = new pg.Pool({
    connectionString: url,
    application_name: name,
    max: concurrency + SPARE_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: 0,
    // A batch's statements leave without waiting for each other's answers, where they do not need them.
    pipeline: true,
    keepAlive: true,
    options: settings.map((setting) => `-c ${setting}`).join(' '),
  })
  surviveLostConnections(pool, logger)
  return pool
}
