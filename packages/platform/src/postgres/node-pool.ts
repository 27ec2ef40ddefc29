/**
 * One pool per PostgreSQL node: bounded in connections, in waiters and in time, and never shared between nodes.
 *
 * Values arrive in the form in which they leave: bigint as a number (exact to 2^53, where amounts and versions stop),
 * timestamptz as RFC 3339 text in UTC with milliseconds.
 */
import pg from 'pg'
import { parseInt8, parseTime } from './pg-values.ts'

export type NodePool = pg.Pool

export interface NodePoolOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string
  /** Shown in pg_stat_activity. */
  readonly applicationName: string
  readonly maxConnections: number
  /** The server cancels a statement after it. */
  readonly statementTimeoutMs: number
  /** The client gives up on a node that does not even do that, and drops the connection. Defaults to a second later. */
  readonly answerTimeoutMs?: number
  /** For a free connection, or for a new one. */
  readonly connectTimeoutMs: number
  /** A connection unused for that long is closed. */
  readonly idleTimeoutMs?: number
}

const IDLE_TIMEOUT_MS = 60_000
const ANSWER_GRACE_MS = 1000
const KEEP_ALIVE_DELAY_MS = 10_000

/** Makes a pool. Connections are opened on demand; a broken idle one is dropped without a word, the next query tells. */
export function createNodePool(options: NodePoolOptions): NodePool {
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: options.applicationName,
    max: options.maxConnections,
    connectionTimeoutMillis: options.connectTimeoutMs,
    idleTimeoutMillis: options.idleTimeoutMs ?? IDLE_TIMEOUT_MS,
    statement_timeout: options.statementTimeoutMs,
    query_timeout: options.answerTimeoutMs ?? options.statementTimeoutMs + ANSWER_GRACE_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
    options: '-c timezone=UTC -c datestyle=ISO',
    types: { getTypeParser },
  })
  pool.on('error', () => undefined)
  return pool
}

// OIDs of built-in types never change (pg_type.dat).
const INT8 = 20
const TIMESTAMPTZ = 1184

function getTypeParser(...[oid, format]: Parameters<typeof pg.types.getTypeParser>): (text: string) => unknown {
  const type: number = oid
  if (type === INT8) return parseInt8
  if (type === TIMESTAMPTZ) return parseTime
  return pg.types.getTypeParser(oid, format) as (text: string) => unknown
}
