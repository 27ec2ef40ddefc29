/** A streaming replica. Ready when it streams, not when it merely accepts connections. */
import { messageOf } from '../cluster-error.ts'
import { POSTGRES_HOST, withConnection } from '../postgres/connection.ts'
import { replicaDataFolder } from '../postgres/initialise.ts'
import { writeReplicaConfiguration } from '../postgres/server-configuration.ts'
import type { ServerHome } from '../postgres/server-home.ts'
import { removeStaleLockFile } from '../postgres/stale-lock-file.ts'
import type { Secrets } from '../secrets.ts'
import type { Settings } from '../settings.ts'
import type { NodePlan } from '../supervisor/node-plan.ts'
import { postgresPrimary } from './postgres-primary.ts'

/** @param n  counts from 1 */
export function postgresReplica(settings: Settings, secrets: Secrets, home: ServerHome, n: number): NodePlan {
  const data = replicaDataFolder(home, n)
  const port = settings.ports.replicas + n - 1
  return {
    ...postgresPrimary(settings, secrets, home),
    name: `postgres-replica-${n}`,
    role: 'PostgreSQL replica',
    address: `${POSTGRES_HOST}:${port}`,
    port,
    prepare: () => {
      removeStaleLockFile(data)
      writeReplicaConfiguration({ settings, secrets, home, data }, n)
    },
    args: ['-D', data],
    cwd: data,
    probe: async () => {
      try {
        return await withConnection({ secrets, role: 'superuser', port, database: 'postgres' }, async (client) => {
          const receiver = await client.query<{ status: string }>('SELECT status FROM pg_stat_wal_receiver')
          const status = receiver.rows[0]?.status ?? 'not connected to the primary'
          return status === 'streaming' ? undefined : status
        })
      } catch (error) {
        return messageOf(error)
      }
    },
  }
}
