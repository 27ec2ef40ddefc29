import type { Pool, PoolClient } from 'pg'
import { rollBack } from './roll-back.ts'

/** Commits what is done, or nothing of it. @throws what `work` throws, and what the database does */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('BEGIN')
    const result = await work(client)
    await client.query('COMMIT')
    return result
  } catch (error) {
    broken = await rollBack(client)
    throw error
  } finally {
    client.release(broken)
  }
}
