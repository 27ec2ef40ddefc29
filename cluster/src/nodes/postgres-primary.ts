/** The PostgreSQL primary: the only node that is written to. */
import { join } from 'node:path'
import { messageOf } from '../cluster-error.ts'
import { childEnvironment } from '../process/child-environment.ts'
import { POSTGRES_HOST, withConnection } from '../postgres/connection.ts'
import { primaryDataFolder } from '../postgres/initialise.ts'
import { writePrimaryConfiguration } from '../postgres/server-configuration.ts'
import type { ServerHome } from '../postgres/server-home.ts'
import { removeStaleLockFile } from '../postgres/stale-lock-file.ts'
import type { Secrets } from '../secrets.ts'
import type { Settings } from '../settings.ts'
import type { NodePlan } from '../supervisor/node-plan.ts'

/** A fast shutdown ends with a checkpoint, which writes all dirty buffers. */
const STOP_TIMEOUT_MS = 30_000

export function postgresPrimary(settings: Settings, secrets: Secrets, home: ServerHome): NodePlan {
  const data = primaryDataFolder(home)
  const port = settings.ports.primary
  return {
    name: 'postgres-primary',
    role: 'PostgreSQL primary',
    address: `${POSTGRES_HOST}:${port}`,
    port,
    prepare: () => {
      removeStaleLockFile(data)
      writePrimaryConfiguration({ settings, secrets, home, data })
    },
    file: join(home.programs, 'bin', 'postgres'),
    args: ['-D', data],
    cwd: data,
    env: childEnvironment(),
    user: home.user,
    probe: async () => {
      try {
        await withConnection({ secrets, role: 'superuser', port, database: 'postgres' }, (client) =>
          client.query('SELECT 1'),
        )
        return undefined
      } catch (error) {
        return messageOf(error)
      }
    },
    readyTimeoutMs: settings.startTimeoutS * 1000,
    // SIGINT is the fast stop; SIGTERM waits for clients to leave.
    stopSignal: 'SIGINT',
    stopTimeoutMs: STOP_TIMEOUT_MS,
    // Takes the backends along, which a SIGKILL would leave to notice for themselves.
    hurrySignal: 'SIGQUIT',
  }
}
