import { Client } from 'pg'

const CONNECT_TIMEOUT_MS = 5_000
/** Sorting all entries is most of the work: with the server's default for services, it would go to disk in small pieces. */
const WORK_MEM = '128MB'

/**
 * Runs reads that all see one moment of a node, however long they take and whatever is written meanwhile. Read-only, so
 * that nothing waits for it.
 */
export async function inSnapshot<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({
    connectionString: url,
    application_name: 'verify',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // Statements take as long as the ledger is large.
    statement_timeout: 0,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    await client.query(`SET LOCAL work_mem = '${WORK_MEM}'`)
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}
