import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { ClusterError, type ClusterErrorCode } from '../cluster-error.ts'
import { readDemo } from '../demo.ts'
import { layoutOf } from '../layout.ts'
import { logPath, openLog } from '../process/log-file.ts'
import { terminalProgress } from '../progress/terminal-progress.ts'
import type { OnProgress } from '../progress/progress.ts'
import { loadSettings } from '../settings/load-settings.ts'
import { makeFolders } from '../state-folder.ts'
import { lockHolder } from '../supervisor/cluster-lock.ts'
import { readyMessage } from './ready-message.ts'
import { INTERRUPTED, stopOnSignals } from './stop-signals.ts'
import { supervisorMessageSchema } from './supervisor-messages.ts'

const SUPERVISOR_LOG = 'cluster'

/** `cluster up`: returns when the cluster is ready, and leaves it to a supervisor in a session of its own. */
export function registerUp(cluster: Command): void {
  cluster.command('up').description('start the cluster in the background; returns when it is ready').action(up)
}

async function up(): Promise<void> {
  const settings = loadSettings()
  const layout = layoutOf(settings)
  makeFolders(layout)
  const startedAt = performance.now()
  const running = lockHolder(layout.lock)
  if (running !== undefined) {
    throw new ClusterError('already_running', `the cluster of this folder runs already (pid ${running.pid})`, {
      remedy: 'npm run cluster -- status, or: npm run cluster -- down',
    })
  }
  const progress = terminalProgress()
  try {
    await untilReady(spawnSupervisor(layout.logs), progress.onProgress, logPath(layout.logs, SUPERVISOR_LOG))
    progress.print(readyMessage(settings, layout, readDemo(layout.demo), performance.now() - startedAt))
    progress.print('npm run cluster -- down stops it.')
  } catch (error) {
    if (error instanceof ClusterError && error.code === 'aborted') process.exitCode = INTERRUPTED
    throw error
  } finally {
    progress.close()
  }
}

function spawnSupervisor(logs: string): ChildProcess {
  const log = openLog(logs, SUPERVISOR_LOG)
  const cli = fileURLToPath(new URL('../cli.js', import.meta.url))
  const child = spawn(process.execPath, [...process.execArgv, cli, 'cluster', 'supervise'], {
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  })
  closeSync(log)
  return child
}

function untilReady(supervisor: ChildProcess, onProgress: OnProgress, log: string): Promise<void> {
  const { stop, hurry } = stopOnSignals(() => undefined)
  stop.signal.addEventListener('abort', () => supervisor.kill('SIGTERM'))
  hurry.signal.addEventListener('abort', () => supervisor.kill('SIGTERM'))
  return new Promise((resolve, reject) => {
    let failure: ClusterError | undefined
    supervisor.on('message', (raw) => {
      const message = supervisorMessageSchema.parse(raw)
      if (message.say === 'step') onProgress(message.event)
      else if (message.say === 'ready') {
        supervisor.disconnect()
        supervisor.unref()
        resolve()
      } else {
        const { code, message: text, ...options } = message
        failure = new ClusterError(code as ClusterErrorCode, text, options)
      }
    })
    supervisor.once('error', reject)
    supervisor.once('exit', (code, signal) => {
      const how = signal ?? `exit code ${String(code)}`
      reject(failure ?? new ClusterError('command_failed', `the supervisor ended: ${how}`, { remedy: `see ${log}` }))
    })
  })
}
