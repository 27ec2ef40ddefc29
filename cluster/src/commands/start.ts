import type { Command } from 'commander'
import { ClusterError } from '../cluster-error.ts'
import { onClosedOutput } from '../process/closed-output.ts'
import { terminalProgress } from '../progress/terminal-progress.ts'
import { loadSettings } from '../settings/load-settings.ts'
import { supervise } from '../supervise.ts'
import { readyMessage } from './ready-message.ts'
import { INTERRUPTED, stopOnSignals } from './stop-signals.ts'

/** `npm start`: the cluster in the foreground, until Ctrl-C. */
export function registerStart(program: Command): void {
  program.command('start').description('start the whole cluster and keep it in the foreground').action(start)
}

async function start(): Promise<void> {
  const settings = loadSettings()
  const startedAt = performance.now()
  const progress = terminalProgress()
  const { stop, hurry } = stopOnSignals(() => {
    progress.print('killing what still runs')
  })
  // Nobody sees any more what it says, nor can press Ctrl-C: a terminal that was closed, or a pipe's other end.
  onClosedOutput(() => {
    stop.abort()
  })
  // bootstrap.mjs is gone without a word: nobody is left to press Ctrl-C.
  process.once('disconnect', () => {
    stop.abort()
  })
  try {
    await supervise(settings, {
      onProgress: progress.onProgress,
      onEvent: (node, what) => {
        progress.print(`${node}: ${what}`)
      },
      onReady: (cluster) => {
        progress.print(readyMessage(settings, cluster.layout, cluster.demo, performance.now() - startedAt))
        progress.print('Ctrl-C stops it.')
      },
      onStopping: () => {
        progress.print('stopping (Ctrl-C again kills)')
      },
      stop,
      hurry: hurry.signal,
    })
    progress.print('stopped')
  } catch (error) {
    if (!(error instanceof ClusterError && error.code === 'aborted' && stop.signal.aborted)) throw error
    progress.print('stopped before it was ready')
    process.exitCode = INTERRUPTED
  } finally {
    progress.close()
  }
}
