/** postgresql.conf of a node: the shared file from db/postgres, then what depends on this machine and topology. */
import { chmodSync, copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../project-root.ts'
import type { Secrets } from '../secrets.ts'
import type { Settings } from '../settings.ts'
import { POSTGRES_HOST, roleName } from './connection.ts'
import { own, type ServerHome } from './server-home.ts'

export interface ServerPlace {
  readonly settings: Settings
  readonly secrets: Secrets
  readonly home: ServerHome
  /** The node's data folder. */
  readonly data: string
}

/** The slot of the n-th replica, which is its application_name, too. Counts from 1. */
export const slotName = (n: number): string => `replica_${n}`

/** Written before each start, so that changed settings take hold. */
export function writePrimaryConfiguration(place: ServerPlace): void {
  const { settings } = place
  write(place, 'primary.conf', {
    ...common(place, settings.ports.primary),
    cluster_name: 'primary',
    synchronous_standby_names: standbyNames(settings),
  })
}

export function writeReplicaConfiguration(place: ServerPlace, n: number): void {
  const { settings, secrets } = place
  const primary = {
    host: POSTGRES_HOST,
    port: settings.ports.primary,
    user: roleName('replicator'),
    password: secrets.postgres.replicator,
    application_name: slotName(n),
    connect_timeout: 5,
  }
  write(place, 'replica.conf', {
    ...common(place, settings.ports.replicas + n - 1),
    cluster_name: `replica_${n}`,
    primary_conninfo: Object.entries(primary)
      .map(([name, value]) => `${name}=${value}`)
      .join(' '),
    primary_slot_name: slotName(n),
  })
}

/** `ANY 1 (replica_1, replica_2)`, or nothing to wait for. */
function standbyNames({ postgres, counts }: Settings): string {
  if (postgres.durability === 'local' || counts.replicas === 0) return ''
  return `ANY 1 (${Array.from({ length: counts.replicas }, (_, index) => slotName(index + 1)).join(', ')})`
}

const common = ({ settings, home }: ServerPlace, port: number): Record<string, string | number> => ({
  listen_addresses: POSTGRES_HOST,
  port,
  unix_socket_directories: home.sockets,
  shared_buffers: `${settings.postgres.sharedBuffersMb}MB`,
  max_connections: settings.postgres.maxConnections,
  fsync: settings.postgres.fsync ? 'on' : 'off',
})

function write({ home, data }: ServerPlace, shared: string, values: Record<string, string | number>): void {
  const lines = Object.entries(values).map(([name, value]) => `${name} = '${String(value).replaceAll("'", "''")}'`)
  const heading = '# Written at each start by cluster/src/postgres/server-configuration.ts.'
  place(join(data, 'postgresql.conf'), [heading, `include '${shared}'`, ...lines, ''].join('\n'), home)
  for (const file of [shared, 'pg_hba.conf']) {
    const path = join(data, file)
    copyFileSync(join(projectRoot, 'db/postgres', file), path)
    chmodSync(path, 0o600)
    own(path, home.user)
  }
}

function place(path: string, text: string, home: ServerHome): void {
  writeFileSync(path, text, { mode: 0o600 })
  own(path, home.user)
}
