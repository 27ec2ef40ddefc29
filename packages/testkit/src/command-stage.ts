/** A cluster of a test's own that is run by the commands which people use: see cluster-command.ts. */
import { takePortBlock } from '@paycluster/cluster/ports/port-block'
import type { Settings, SettingsInput } from '@paycluster/cluster/settings'
import { environmentOf, startCommand, type Ended, type RunningCommand } from './cluster-command.ts'
import { makeTestFolder, type TestFolder } from './test-folder.ts'

export interface CommandStage {
  readonly folder: TestFolder
  readonly ports: Settings['ports']
  /** Of every command; a test may change it. */
  readonly env: NodeJS.ProcessEnv
  readonly start: (...args: string[]) => RunningCommand
  /** Starts a command and waits for its end. */
  readonly run: (...args: string[]) => Promise<Ended>
  /** Stops the cluster, and removes its folder. */
  readonly close: () => Promise<void>
}

/**
 * Makes room for a cluster with one inquiry-service; starts nothing.
 *
 * @param settings  what else differs from the defaults; state folder and ports are the stage's
 */
export async function openCommandStage(settings: SettingsInput): Promise<CommandStage> {
  const folder = await makeTestFolder()
  const block = await takePortBlock()
  const { ports } = block
  const env = environmentOf({
    counts: { inquiryService: 1 },
    kafka: { lifetime: 'short' },
    ...settings,
    stateDir: folder.layout.state,
    ports,
  })
  const start = (...args: string[]): RunningCommand => startCommand(args, env)
  const run = (...args: string[]): Promise<Ended> => start(...args).ended
  return {
    folder,
    ports,
    env,
    start,
    run,
    close: async () => {
      await run('cluster', 'down')
      folder.remove()
      block.release()
    },
  }
}
