import type { Command } from 'commander'
import { registerDown } from './down.ts'
import { registerLogs } from './logs.ts'
import { registerNodeCommands } from './node-commands.ts'
import { registerReset } from './reset.ts'
import { registerSettings } from './settings.ts'
import { registerStatus } from './status.ts'
import { registerSupervise } from './supervise.ts'
import { registerUp } from './up.ts'

/** `npm run cluster -- …`: the same cluster in the background. */
export function registerCluster(program: Command): void {
  const cluster = program.command('cluster').description('run the cluster in the background and look after it')
  registerUp(cluster)
  registerDown(cluster)
  registerStatus(cluster)
  registerLogs(cluster)
  registerNodeCommands(cluster)
  registerReset(cluster)
  registerSettings(cluster)
  registerSupervise(cluster)
}
