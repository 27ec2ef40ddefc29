/**
 * A throwaway PostgreSQL 18 with roles and migrations applied, for tests at the level of SQL. Starts in half a second.
 *
 *     let db: TestPostgres
 *     beforeAll(async () => { db = await startTestPostgres() }, 60_000)   // the first one after a schema change: 5 s
 *     afterAll(() => db.stop())
 *     db.ownerUrl · db.workerUrl · db.readerUrl · db.monitorUrl · db.superuserUrl
 *     const other = await db.createDatabase()                             // migrated and empty, 50 ms, same server
 *     const db = await startTestPostgres({ replicas: 2 })                 // streaming, with quorum commit
 *     db.replicas[0].readerUrl
 *
 * It is the server that the native cluster runs, with the same settings and roles, but without fsync unless asked for. As
 * root it runs as an unprivileged user.
 */
import { existsSync } from 'node:fs'
import { mkdir, writeFile, chown } from 'node:fs/promises'
import { join } from 'node:path'
import { postgresPrimary } from '@paycluster/cluster/nodes/postgres-primary'
import { postgresReplica } from '@paycluster/cluster/nodes/postgres-replica'
import { databaseUrl, withConnection } from '@paycluster/cluster/postgres/connection'
import { arrangeSlots, primaryDataFolder, replicaDataFolder } from '@paycluster/cluster/postgres/initialise'
import { prepareServerHome, type ServerHome } from '@paycluster/cluster/postgres/server-home'
import { runCommand } from '@paycluster/cluster/process/run-command'
import type { Secrets } from '@paycluster/cluster/secrets'
import type { Settings, SettingsInput } from '@paycluster/cluster/settings'
import type { ClusterNode } from '@paycluster/cluster/supervisor/cluster-node'
import { postgresTemplate } from './postgres-template.ts'
import { openTestServers, type TestServers } from './test-servers.ts'

const COPY_TIMEOUT_MS = 30_000
/** Tests hold little data; several servers run at once. */
const SHARED_BUFFERS_MB = 32

/** One database by role. */
export interface DatabaseUrls {
  readonly superuserUrl: string
  readonly ownerUrl: string
  readonly workerUrl: string
  readonly readerUrl: string
  readonly monitorUrl: string
  readonly eventsUrl: string
}

export interface TestReplica extends DatabaseUrls {
  /** Its slot and application_name: `replica_1`. */
  readonly name: string
  /** The process, to stop, kill or freeze it. */
  readonly node: ClusterNode
}

export interface TestPostgres extends DatabaseUrls {
  readonly primary: ClusterNode
  readonly replicas: readonly TestReplica[]
  readonly secrets: Secrets
  readonly settings: Settings
  /** One more database on the same server: migrated, or with roles and rights only. */
  createDatabase(content?: 'migrated' | 'empty'): Promise<DatabaseUrls>
  /** Stops the servers and deletes their data. */
  stop(): Promise<void>
}

export interface TestPostgresOptions {
  /** Streaming replicas, 0 to 8. With any, commits wait for one of them. Default 0. */
  readonly replicas?: number
  /** Other than a test's: 32 MB of shared buffers and no fsync. */
  readonly postgres?: SettingsInput['postgres']
}

/** Starts the servers. @throws ClusterError with the end of the server's log when one does not start */
export async function startTestPostgres(options: TestPostgresOptions = {}): Promise<TestPostgres> {
  const { layout: templateLayout, secrets } = await postgresTemplate()
  const servers = await openTestServers({
    counts: { replicas: options.replicas ?? 0 },
    postgres: { fsync: false, sharedBuffersMb: SHARED_BUFFERS_MB, ...options.postgres },
  })
  const { settings, layout } = servers
  return servers.starting(async () => {
    const home = await prepareServerHome(layout)
    const template = primaryDataFolder({ ...home, data: templateLayout.postgres })
    const numbers = Array.from({ length: settings.counts.replicas }, (_, index) => index + 1)
    await copyFolder(template, primaryDataFolder(home))
    for (const n of numbers) await makeReplica(template, home, n)
    const primary = servers.add(postgresPrimary(settings, secrets, home))
    await primary.start()
    await arrangeSlots(secrets, settings)
    // Stopped before the primary, which waits until they have streamed its last record.
    const replicas = numbers.map((n) => servers.add(postgresReplica(settings, secrets, home, n)))
    await Promise.all(replicas.map((node) => node.start()))
    return toTestPostgres(servers, secrets, primary, replicas)
  })
}

function toTestPostgres(
  servers: TestServers,
  secrets: Secrets,
  primary: ClusterNode,
  replicas: readonly ClusterNode[],
): TestPostgres {
  const { settings } = servers
  let databases = 0
  return {
    ...urlsOf(secrets, settings.ports.primary),
    primary,
    replicas: replicas.map((node, index) => ({
      ...urlsOf(secrets, settings.ports.replicas + index),
      name: `replica_${index + 1}`,
      node,
    })),
    secrets,
    settings,
    async createDatabase(content = 'migrated') {
      databases += 1
      const name = `test_${databases}`
      const target = { secrets, role: 'superuser', port: settings.ports.primary, database: 'postgres' } as const
      await withConnection(target, (client) =>
        client.query(`CREATE DATABASE ${name} TEMPLATE payments_${content} OWNER payments_owner`),
      )
      return urlsOf(secrets, settings.ports.primary, name)
    },
    stop: () => servers.stop(),
  }
}

function urlsOf(secrets: Secrets, port: number, database = 'payments'): DatabaseUrls {
  const url = (role: 'superuser' | 'owner' | 'worker' | 'reader' | 'monitor' | 'events'): string =>
    databaseUrl(secrets, role, port).replace(/[^/]*$/, database)
  return {
    superuserUrl: url('superuser'),
    ownerUrl: url('owner'),
    workerUrl: url('worker'),
    readerUrl: url('reader'),
    monitorUrl: url('monitor'),
    eventsUrl: url('events'),
  }
}

/** With owners and modes; by copy-on-write where the file system can. */
async function copyFolder(from: string, to: string): Promise<void> {
  await runCommand({ file: 'cp', args: ['-a', from, to], timeoutMs: COPY_TIMEOUT_MS })
}

/** The template was stopped in order, so that its copy is a base backup of the primary's copy. */
async function makeReplica(template: string, home: ServerHome, n: number): Promise<void> {
  const data = replicaDataFolder(home, n)
  await copyFolder(template, data)
  const signal = join(data, 'standby.signal')
  await writeFile(signal, '', { mode: 0o600 })
  if (home.user !== undefined) await chown(signal, home.user.uid, home.user.gid)
  const archive = join(data, 'pg_wal', 'archive_status')
  if (!existsSync(archive)) await mkdir(archive, { mode: 0o700 })
}
