/** One run of a node: a process from its spawn to its end, with its log and its pid file. */
import { spawn } from 'node:child_process'
import { closeSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { openLog } from '../process/log-file.ts'
import { removePidFile, writePidFile } from '../process/pid-file.ts'
import { signalGroup } from '../process/process-group.ts'
import { signalTree } from '../process/process-tree.ts'
import type { NodePlan } from './node-plan.ts'

/** A killed process that has not gone after this is stuck in the kernel. */
const KILL_TIMEOUT_MS = 10_000
const NEVER_RUNS = new Set(['ENOENT', 'EACCES', 'ENOTDIR', 'ENOEXEC'])
/** Signals after which a process goes on living. */
const NOT_FATAL = new Set<NodeJS.Signals>(['SIGSTOP', 'SIGCONT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH'])

export const isFatal = (signal: NodeJS.Signals): boolean => !NOT_FATAL.has(signal)

export class NodeProcess {
  readonly startedAt = new Date()
  /** Undefined when it could not be started at all. */
  readonly pid: number | undefined
  /** Resolves with how it ended: `exit code 1`, `SIGKILL`. By then its group and its pid file are gone. */
  readonly exited: Promise<string>
  readonly #plan: NodePlan
  #ended = false
  #cannotRun = false

  /** Starts it, as the leader of a session of its own. */
  constructor(plan: NodePlan, folders: { readonly logs: string; readonly pids: string }) {
    this.#plan = plan
    const { file, args, cwd, env, user } = plan
    const log = openLog(folders.logs, plan.name)
    const child = spawn(file, args, { cwd, env, detached: true, stdio: ['ignore', log, log], ...user })
    closeSync(log)
    this.pid = child.pid
    if (child.pid !== undefined) writePidFile(folders.pids, plan, child.pid)
    this.exited = new Promise<string>((resolve) => {
      child.once('error', (error: NodeJS.ErrnoException) => {
        this.#cannotRun = NEVER_RUNS.has(error.code ?? '')
        resolve(error.message)
      })
      child.once('exit', (code, signal) => {
        resolve(signal ?? `exit code ${code}`)
      })
    }).then((how) => {
      this.#ended = true
      // Nginx's workers outlive a killed master and would keep its port.
      if (this.pid !== undefined) signalGroup(this.pid, 'SIGKILL')
      removePidFile(folders.pids, plan.name)
      return how
    })
  }

  /** Whether its program or folder is missing or forbidden: it would not start the next time either. */
  get cannotRun(): boolean {
    return this.#cannotRun
  }

  /** Sends a signal, unless it has ended. */
  send(signal: NodeJS.Signals): void {
    if (this.#ended || this.pid === undefined) return
    // A node that stands still does so as a whole: PostgreSQL's walreceiver is not its postmaster.
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') {
      signalTree(this.pid, signal)
      return
    }
    try {
      process.kill(this.pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }

  /** Asks it to stop. @returns whether it did within its time */
  async stop(): Promise<boolean> {
    // What stands still would not notice.
    this.send('SIGCONT')
    this.send(this.#plan.stopSignal)
    return this.#endsWithin(this.#plan.stopTimeoutMs)
  }

  /** Ends it at once. */
  hurry(): void {
    this.send('SIGCONT')
    if (this.#plan.hurrySignal === 'SIGKILL') this.#killGroup()
    else this.send(this.#plan.hurrySignal)
  }

  /** Ends it at once and waits for that. */
  async end(): Promise<void> {
    this.hurry()
    if (await this.#endsWithin(KILL_TIMEOUT_MS / 2)) return
    this.#killGroup()
    await this.#endsWithin(KILL_TIMEOUT_MS / 2)
  }

  #killGroup(): void {
    if (this.pid !== undefined && !this.#ended) signalGroup(this.pid, 'SIGKILL')
  }

  async #endsWithin(timeoutMs: number): Promise<boolean> {
    const timer = new AbortController()
    try {
      return await Promise.race([
        this.exited.then(() => true),
        delay(timeoutMs, false, { signal: timer.signal }).catch(() => false),
      ])
    } finally {
      timer.abort()
    }
  }
}
