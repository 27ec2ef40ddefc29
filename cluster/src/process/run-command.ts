/** Runs a command to its end. */
import { spawn } from 'node:child_process'
import { ClusterError, messageOf } from '../cluster-error.ts'
import { signalGroup } from './process-group.ts'

export interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  /** Whom to run as; only root may set it. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined
  readonly timeoutMs: number
  /** Ends the command; without it the command runs to its end whatever happens (a package manager must not be cut). */
  readonly signal?: AbortSignal | undefined
  /** Fed to standard input. */
  readonly input?: string
}

/** What is kept of a command's output: its end. What may be longer is handed over in a file. */
const MAX_OUTPUT_BYTES = 1024 * 1024
const LINES_SHOWN = 15

/**
 * Runs a command in a process group of its own and collects its output.
 *
 * @returns standard output, the last MiB of it
 * @throws ClusterError `command_failed` with the end of its output, `timed_out`, `aborted`
 */
export async function runCommand(command: Command): Promise<string> {
  const { file, args, signal } = command
  const title = [file, ...args].join(' ')
  if (wasAborted(signal)) throw new ClusterError('aborted', `${title} was not started`)
  const child = spawn(file, args, {
    cwd: command.cwd,
    env: command.env,
    detached: true,
    stdio: [command.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    ...command.user,
  })
  let output = ''
  let errors = ''
  const end = (): void => {
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL')
  }
  const timer = { fired: false }
  const timeout = setTimeout(() => {
    timer.fired = true
    end()
  }, command.timeoutMs)
  signal?.addEventListener('abort', end, { once: true })
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-MAX_OUTPUT_BYTES)))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-MAX_OUTPUT_BYTES)))
  child.stdin?.end(command.input)
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject).once('close', resolve)
    })
    if (code === 0) return output
    if (wasAborted(signal)) throw new ClusterError('aborted', `${title} was stopped`)
    throw new ClusterError(
      timer.fired ? 'timed_out' : 'command_failed',
      `${title} ${timer.fired ? `took more than ${command.timeoutMs / 1000} s` : `ended with ${code}`}`,
      { context: `${errors}\n${output}`.trim().split('\n').slice(-LINES_SHOWN).join('\n') },
    )
  } catch (cause) {
    if (cause instanceof ClusterError) throw cause
    throw new ClusterError('command_failed', `${title} could not be run: ${messageOf(cause)}`, { cause })
  } finally {
    clearTimeout(timeout)
    signal?.removeEventListener('abort', end)
  }
}

const wasAborted = (signal: AbortSignal | undefined): boolean => signal?.aborted === true
