import type { Pool } from 'pg'

/**
 * Ends a pool, and resolves when its connections are closed. `Pool.end` resolves before: a server that is stopped then may
 * end a connection itself, which is an error of a connection that nobody looks after any more.
 */
export async function endPool(pool: Pool): Promise<void> {
  const closed = whenClosed(pool, pool.totalCount)
  await pool.end()
  await closed
}

function whenClosed(pool: Pool, connections: number): Promise<void> {
  if (connections === 0) return Promise.resolve()
  let open = connections
  return new Promise((resolve) => {
    pool.on('remove', () => {
      open -= 1
      if (open === 0) resolve()
    })
  })
}
