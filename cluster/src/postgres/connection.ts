/** Connections of the cluster's own tools to its PostgreSQL nodes. */
import { Client } from 'pg'
import type { DatabaseRole, Secrets } from '../secrets.ts'

export const DATABASE = 'payments'
export const POSTGRES_HOST = '127.0.0.1'

const ROLE_NAMES: Readonly<Record<DatabaseRole, string>> = {
  superuser: 'postgres',
  owner: 'payments_owner',
  worker: 'payments_worker',
  reader: 'payments_reader',
  monitor: 'payments_monitor',
  replicator: 'replicator',
  events: 'payments_events',
}

const CONNECT_TIMEOUT_MS = 2000
const QUERY_TIMEOUT_MS = 30_000

export const roleName = (role: DatabaseRole): string => ROLE_NAMES[role]

/** `postgres://payments_worker:…@127.0.0.1:15432/payments` */
export const databaseUrl = (secrets: Secrets, role: DatabaseRole, port: number): string =>
  `postgres://${roleName(role)}:${secrets.postgres[role]}@${POSTGRES_HOST}:${port}/${DATABASE}`

export interface Target {
  readonly secrets: Secrets
  readonly role: DatabaseRole
  readonly port: number
  /** Defaults to `payments`. */
  readonly database?: string
}

/** Connects, runs the work, and disconnects whatever happens. */
export async function withConnection<T>(target: Target, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({
    host: POSTGRES_HOST,
    port: target.port,
    user: roleName(target.role),
    password: target.secrets.postgres[target.role],
    database: target.database ?? DATABASE,
    application_name: 'cluster',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
  })
  // A server that goes away while nothing is asked of it is no fault of ours: the next query says so.
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}
