import type { Command } from 'commander'
import { ClusterError, messageOf } from '../cluster-error.ts'
import { loadSettings } from '../settings/load-settings.ts'
import { supervise as superviseCluster } from '../supervise.ts'
import { stopOnSignals } from './stop-signals.ts'
import type { SupervisorMessage } from './supervisor-messages.ts'

/** The process behind `cluster up`. Its output goes to the log `cluster`. */
export function registerSupervise(cluster: Command): void {
  cluster.command('supervise', { hidden: true }).action(supervise)
}

async function supervise(): Promise<void> {
  const { stop, hurry } = stopOnSignals(() => {
    log('killing what still runs')
  })
  // Whoever called `up` is gone before it was ready: they get nothing rather than half.
  let ready = false
  process.once('disconnect', () => {
    if (!ready) stop.abort()
  })
  try {
    await superviseCluster(loadSettings(), {
      onProgress: (event) => {
        tell({ say: 'step', event })
        if (event.state !== 'started') log(`${event.step}: ${event.state} ${event.detail ?? ''}`)
      },
      onEvent: (node, what) => {
        log(`${node}: ${what}`)
      },
      onReady: () => {
        ready = true
        log('ready')
        tell({ say: 'ready' })
      },
      onStopping: () => {
        log('stopping')
      },
      stop,
      hurry: hurry.signal,
    })
    log('stopped')
  } catch (error) {
    log(messageOf(error))
    const expected = error instanceof ClusterError
    if (!expected) log(error instanceof Error ? (error.stack ?? '') : '')
    tell({
      say: 'failed',
      code: expected ? error.code : 'command_failed',
      message: messageOf(error),
      ...(expected && error.remedy !== undefined ? { remedy: error.remedy } : {}),
      ...(expected && error.context !== undefined ? { context: error.context } : {}),
    })
    process.exitCode = 1
  }
}

function tell(message: SupervisorMessage): void {
  if (process.connected) process.send?.(message)
}

const log = (text: string): void => {
  process.stdout.write(`${new Date().toISOString()} ${text}\n`)
}
