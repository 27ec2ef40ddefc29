import type { PoolClient } from 'pg'

/**
 * Ends a transaction that failed.
 *
 * @returns the error that makes the connection unusable, if there is one: for `release`
 */
export async function rollBack(client: PoolClient): Promise<Error | undefined> {
  try {
    await client.query('ROLLBACK')
    return undefined
  } catch (error) {
    return error instanceof Error ? error : new Error('could not roll back')
  }
}
