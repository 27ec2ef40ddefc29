/** Connections to the primary, for what listeners keep. */
import pg, { type Pool } from 'pg'
import type { Logger } from '@paycluster/platform/logging'
import { surviveLostConnections } from '@paycluster/platform/postgres/survive-lost-connections'

export interface EventsPoolOptions {
  readonly url: string
  readonly name: string
  readonly logger: Logger
  readonly max: number
  /** What is lost with the primary is done again: no commit waits for a disk or a standby. */
  readonly isRepeatable?: boolean
  /** For reads alone. */
  readonly statementTimeoutMs?: number
}

const CONNECT_TIMEOUT_MS = 3_000
const OPTIONS = '-c idle_in_transaction_session_timeout=30000'

/** Every commit waits for a standby, as far as the cluster's `synchronous_standby_names` asks for one. */
export function createEventsPool({
  url,
  name,
  logger,
  max,
  isRepeatable = false,
  statementTimeoutMs,
}: EventsPoolOptions): Pool {
  // A COMMIT that is cancelled while it waits for a standby would pass for durable: statements have no timeout.
  const options = `${OPTIONS} -c statement_timeout=${statementTimeoutMs ?? 0}`
  const pool = new pg.Pool({
    connectionString: url,
    application_name: name,
    max,
    connectionTimeoutMillis: statementTimeoutMs ?? CONNECT_TIMEOUT_MS,
    // A server that is frozen ends no statement.
    ...(statementTimeoutMs === undefined ? {} : { query_timeout: 2 * statementTimeoutMs }),
    idleTimeoutMillis: 0,
    keepAlive: true,
    options: isRepeatable ? `${options} -c synchronous_commit=off` : options,
  })
  surviveLostConnections(pool, logger)
  return pool
}
