import type { Command } from 'commander'
import { layoutOf } from '../layout.ts'
import { removeState } from '../remove-state.ts'
import { loadSettings } from '../settings/load-settings.ts'
import { stopCluster } from './down.ts'

/** `cluster reset`: stops the cluster and deletes its data, logs and secrets. Downloaded tools and the reports of load runs stay. */
export function registerReset(cluster: Command): void {
  cluster
    .command('reset')
    .description(
      'stop the cluster and delete its data, logs and secrets (not downloaded tools, nor reports of load runs)',
    )
    .action(async () => {
      const layout = layoutOf(loadSettings())
      await stopCluster(layout)
      removeState(layout)
      process.stdout.write(`deleted the state in ${layout.state}\n`)
    })
}
