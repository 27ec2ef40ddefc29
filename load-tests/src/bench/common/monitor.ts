/** What benches ask the primary beside the load: a connection that may read everything and change nothing. */
import { databaseUrl } from '@paycluster/cluster/postgres/connection'
import { idToUuid } from '@paycluster/platform/ids/id-codec'
import pg from 'pg'
import { LoadError } from '../../load-error.ts'
import type { LocalCluster } from '../../target/target.ts'

/** Whoever opens it ends it. */
export async function openMonitor({ secrets, settings }: LocalCluster): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl(secrets, 'monitor', settings.ports.primary) })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

/** The number of the client who owns an account. @throws LoadError `no_accounts` */
export async function ownerOf(monitor: pg.Client, account: string): Promise<number> {
  const { rows } = await monitor.query<{ client_id: number }>('SELECT client_id FROM accounts WHERE id = $1::uuid', [
    idToUuid(account),
  ])
  const [owner] = rows
  if (owner === undefined) throw new LoadError('no_accounts', `the ledger has no account ${account}`)
  return owner.client_id
}

/** What a commit has waited for. */
export interface Durability {
  readonly synchronous_standby_names: string
  readonly streamingReplicas: number
  readonly fsync: string
}

/** @throws LoadError `load_failed` */
export async function durabilityOf(monitor: pg.Client): Promise<Durability> {
  const { rows } = await monitor.query<Durability>(
    `SELECT current_setting('synchronous_standby_names') AS synchronous_standby_names,
       (SELECT count(*)::int FROM pg_stat_replication WHERE state = 'streaming') AS "streamingReplicas",
       current_setting('fsync') AS fsync`,
  )
  const [durability] = rows
  if (durability === undefined) throw new LoadError('load_failed', 'the primary does not tell its settings')
  return durability
}
