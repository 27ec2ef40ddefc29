/** One-off queries of tests: a connection each, so that nothing of a session leaks into the next. */
import { Client } from 'pg'

/** Connects, runs the work, and disconnects whatever happens. */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Runs one query, or several without parameters. @returns the rows of the last */
export function query<Row>(url: string, sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
  return withClient(url, async (client) => {
    const result = await (parameters.length === 0 ? client.query(sql) : client.query(sql, [...parameters]))
    return (Array.isArray(result) ? [] : result.rows) as Row[]
  })
}
