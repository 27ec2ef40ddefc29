import type pg from 'pg'
import type { Logger } from '../logging.ts'

/**
 * A connection that is lost ends what runs on it, and not the process. An idle one tells the pool, which drops it; one in
 * hand tells whoever waits for its query, and beside that itself: without a listener, Node takes that for a bug.
 */
export function surviveLostConnections(pool: pg.Pool, logger: Logger): void {
  pool.on('connect', (client) => {
    client.on('error', () => undefined)
  })
  pool.on('error', (error) => {
    logger.warn({ err: error }, 'lost an idle connection to PostgreSQL')
  })
}
