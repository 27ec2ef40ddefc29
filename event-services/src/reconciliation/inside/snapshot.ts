import type { Pool, PoolClient } from 'pg'
import { rollBack } from '@paycluster/platform/postgres/roll-back'

/** Runs reads that all see one moment of a node. @throws what `work` throws, and what the database does */
export async function inSnapshot<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    return await work(client)
  } finally {
    broken = await rollBack(client)
    client.release(broken)
  }
}
