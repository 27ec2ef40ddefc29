import type { Command } from 'commander'
import { layoutOf, type Layout } from '../layout.ts'
import { removeAuthenticationCache } from '../nodes/authentication-cache.ts'
import { isAlive, type ProcessIdentity } from '../process/process-identity.ts'
import { loadSettings } from '../settings/load-settings.ts'
import { lockHolder } from '../supervisor/cluster-lock.ts'
import { stopLeftovers } from '../supervisor/leftovers.ts'
import { sweepMemory } from '../sweep-memory.ts'
import { waitUntil } from '../wait.ts'

/** Every node's own bound, one layer after the other, with room. */
const STOP_TIMEOUT_MS = 90_000
const KILL_TIMEOUT_MS = 10_000

/** `cluster down`: also stops a cluster in the foreground, and what a killed supervisor left behind. */
export function registerDown(cluster: Command): void {
  cluster
    .command('down')
    .description('stop the cluster, wherever it was started, and what a killed run left behind')
    .action(async () => {
      const stopped = await stopCluster(layoutOf(loadSettings()))
      process.stdout.write(`${stopped ? 'stopped' : 'nothing was running'}\n`)
    })
}

/** @returns whether anything was running */
export async function stopCluster(layout: Layout): Promise<boolean> {
  const supervisor = lockHolder(layout.lock)
  if (supervisor !== undefined) await stopSupervisor(supervisor)
  const leftovers = await stopLeftovers(layout)
  removeAuthenticationCache(layout)
  sweepMemory()
  return supervisor !== undefined || leftovers.length > 0
}

/** A supervisor that does not end in time is killed; its nodes are leftovers then. */
async function stopSupervisor(supervisor: ProcessIdentity): Promise<void> {
  const gone = (): string | undefined => (isAlive(supervisor) ? 'it still runs' : undefined)
  process.kill(supervisor.pid, 'SIGTERM')
  try {
    await waitUntil('the cluster to stop', STOP_TIMEOUT_MS, gone)
  } catch {
    process.kill(supervisor.pid, 'SIGKILL')
    await waitUntil('the supervisor to end', KILL_TIMEOUT_MS, gone)
  }
}
