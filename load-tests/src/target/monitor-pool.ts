import { databaseUrl } from '@paycluster/cluster/postgres/connection'
import pg from 'pg'
import type { LocalCluster } from './target.ts'

const CONNECT_TIMEOUT_MS = 2000

/**
 * Reads the primary, as payments_monitor. A pool of one: it connects again after a primary that went away.
 *
 * @param name  as PostgreSQL shows it
 * @param timeoutMs  of a statement
 */
export function monitorPool(
  { secrets, settings }: Pick<LocalCluster, 'secrets' | 'settings'>,
  name: string,
  timeoutMs: number,
): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl(secrets, 'monitor', settings.ports.primary),
    max: 1,
    application_name: name,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: timeoutMs,
  })
  // The next query says so.
  pool.on('error', () => undefined)
  return pool
}
