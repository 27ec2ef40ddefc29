/**
 * One supervised process.
 *
 *     stopped ──start──▶ starting ──probe holds──▶ ready ──stop──▶ stopping ──exit──▶ stopped
 *                           ▲  │ ends or times out     │ ends by itself
 *                           │  ▼                       ▼
 *                           │ failed ◀──too often── restarting
 *                           └────────after a delay──────┘
 *
 * Every node starts again when it ended by itself, stores included, as `restart: unless-stopped` does in Compose; a fault
 * test that wants it to stay down kills it with `restart: false`. The supervisor and nobody else starts and stops nodes;
 * start, stop and restart of one node take turns, and a stop cuts a start short.
 */
import { spawn } from 'node:child_process'
import { closeSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { ClusterError, messageOf } from '../cluster-error.ts'
import { logPath, openLog, tailOf } from '../process/log-file.ts'
import { removePidFile, writePidFile } from '../process/pid-file.ts'
import { signalGroup } from '../process/process-group.ts'
import { signalTree } from '../process/process-tree.ts'
import { waitUntil } from '../wait.ts'
import type { NodePlan } from './node-plan.ts'
import { restartDelayMs, type RestartLimits } from './restart-policy.ts'

export type NodeState = 'stopped' | 'starting' | 'ready' | 'stopping' | 'restarting' | 'failed'

export interface NodeOptions {
  readonly logs: string
  readonly pids: string
  /** Undefined: a node that ended by itself stays down. */
  readonly restart: RestartLimits | undefined
  /** Told what happens to the node outside of start and stop. */
  readonly onEvent: (node: string, what: string) => void
}

interface Running {
  readonly pid: number
  readonly startedAt: Date
  /** How it ended: `exit code 1`, `SIGKILL`. */
  readonly exited: Promise<string>
  ended: boolean
}

const TAIL_LINES = 15
/** A killed process that has not gone after this is stuck in the kernel. */
const KILL_TIMEOUT_MS = 10_000
/** Signals after which a process goes on living. */
const NOT_FATAL = new Set<NodeJS.Signals>(['SIGSTOP', 'SIGCONT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH'])

export class ClusterNode {
  readonly plan: NodePlan
  readonly #options: NodeOptions
  #state: NodeState = 'stopped'
  #running: Running | undefined
  /** Lives from a start to the next stop; aborted by it. */
  #wanted: AbortController | undefined
  #turn: Promise<unknown> = Promise.resolve()
  /** Stops asked for so far: a start that still waits for its turn when one comes does not begin. */
  #stops = 0
  #ends: number[] = []
  #restarts = 0

  constructor(plan: NodePlan, options: NodeOptions) {
    this.plan = plan
    this.#options = options
  }

  get name(): string {
    return this.plan.name
  }

  get state(): NodeState {
    return this.#state
  }

  get pid(): number | undefined {
    return this.#running?.pid
  }

  get startedAt(): Date | undefined {
    return this.#running?.startedAt
  }

  /** How often it was started again since the cluster started. */
  get restarts(): number {
    return this.#restarts
  }

  /**
   * Starts the node and waits until it is ready.
   *
   * @throws ClusterError `node_failed` with the end of its log, `timed_out`, `aborted`
   */
  async start(signal?: AbortSignal): Promise<void> {
    const stops = this.#stops
    await this.#inTurn(async () => {
      if (this.#running !== undefined) return
      if (this.#stops !== stops) throw new ClusterError('aborted', `${this.name} was stopped before it started`)
      this.#wanted = new AbortController()
      this.#ends = []
      try {
        const { signal: wanted } = this.#wanted
        const either = signal === undefined ? wanted : AbortSignal.any([wanted, signal])
        await this.#launch(either, this.plan.readyTimeoutMs)
      } catch (error) {
        this.#wanted = undefined
        this.#state = 'failed'
        throw error
      }
    })
  }

  /** Asks the node to stop, kills it when it does not within its time. Returns when it has ended. */
  async stop(): Promise<void> {
    this.#stops += 1
    this.#giveUp()
    await this.#inTurn(async () => {
      this.#giveUp()
      const running = this.#running
      if (running !== undefined) {
        this.#state = 'stopping'
        this.#send(running, this.plan.stopSignal)
        if (!(await endsWithin(running, this.plan.stopTimeoutMs))) {
          this.#options.onEvent(this.name, `did not stop within ${this.plan.stopTimeoutMs / 1000} s, killed`)
          await this.#end(running)
        }
      }
      this.#state = 'stopped'
    })
  }

  async restart(): Promise<void> {
    await this.stop()
    await this.start()
  }

  /**
   * Sends a signal, as a fault test does. Returns when the process has ended, or at once for a signal that ends nothing.
   *
   * @param options.restart  false: it stays down; otherwise supervision starts it again as after any crash
   * @throws ClusterError `not_running`
   */
  async kill(signal: NodeJS.Signals = 'SIGKILL', options: { restart?: boolean } = {}): Promise<void> {
    const running = this.#running
    if (running === undefined) throw new ClusterError('not_running', `${this.name} is not running`)
    if (options.restart === false) this.#giveUp()
    this.#send(running, signal)
    if (!NOT_FATAL.has(signal)) await running.exited
  }

  /** Ends the node at once, with nothing in order. */
  hurry(): void {
    this.#giveUp()
    const running = this.#running
    if (running === undefined) return
    // A stopped process takes no other signal.
    this.#send(running, 'SIGCONT')
    if (this.plan.hurrySignal === 'SIGKILL') signalGroup(running.pid, 'SIGKILL')
    else this.#send(running, this.plan.hurrySignal)
  }

  #giveUp(): void {
    this.#wanted?.abort()
    this.#wanted = undefined
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work)
    this.#turn = turn.catch(() => undefined)
    await turn
  }

  async #launch(signal: AbortSignal, readyTimeoutMs: number): Promise<void> {
    this.#state = 'starting'
    await this.plan.prepare?.()
    const running = this.#spawn()
    try {
      await this.#untilReady(running, readyTimeoutMs, signal)
    } catch (error) {
      await this.#end(running)
      throw error
    }
    this.#state = 'ready'
    // Only from here on: an end before is the start's own failure.
    void running.exited.then((how) => this.#afterEnd(how))
  }

  #spawn(): Running {
    const { file, args, cwd, env, user } = this.plan
    const log = openLog(this.#options.logs, this.name)
    const child = spawn(file, args, { cwd, env, detached: true, stdio: ['ignore', log, log], ...user })
    closeSync(log)
    const exited = new Promise<string>((resolve) => {
      child.once('error', (error) => {
        resolve(error.message)
      })
      child.once('exit', (code, signal) => {
        resolve(signal ?? `exit code ${code}`)
      })
    })
    const running: Running = { pid: child.pid ?? 0, startedAt: new Date(), exited, ended: false }
    this.#running = running
    if (child.pid !== undefined) writePidFile(this.#options.pids, this.plan, child.pid)
    void exited.then(() => {
      running.ended = true
      // Nginx's workers outlive a killed master and would keep its port.
      if (running.pid !== 0) signalGroup(running.pid, 'SIGKILL')
      removePidFile(this.#options.pids, this.name)
      if (this.#running === running) this.#running = undefined
    })
    return running
  }

  async #untilReady(running: Running, timeoutMs: number, signal: AbortSignal): Promise<void> {
    const ended = running.exited.then((how) => {
      throw this.#failure(`${this.name} ended at start: ${how}`)
    })
    const done = new AbortController()
    const ready = waitUntil(
      `${this.name} to be ready`,
      timeoutMs,
      () => this.plan.probe(),
      AbortSignal.any([signal, done.signal]),
    ).catch((error: unknown) => {
      if (error instanceof ClusterError && error.code === 'timed_out') throw this.#failure(error.message)
      throw error
    })
    try {
      await Promise.race([ready, ended])
    } finally {
      done.abort()
      ended.catch(() => undefined)
      ready.catch(() => undefined)
    }
  }

  async #afterEnd(how: string): Promise<void> {
    const wanted = this.#wanted
    if (wanted === undefined) {
      if (this.#state !== 'stopping') this.#state = 'stopped'
      return
    }
    this.#state = 'restarting'
    await this.#inTurn(() => this.#recover(wanted.signal, how))
  }

  async #recover(wanted: AbortSignal, firstEnd: string): Promise<void> {
    let how = firstEnd
    while (!wanted.aborted) {
      this.#ends.push(performance.now())
      const limits = this.#options.restart
      const delayMs = limits === undefined ? undefined : restartDelayMs(this.#ends, limits)
      if (delayMs === undefined) {
        this.#state = 'failed'
        this.#wanted = undefined
        this.#options.onEvent(this.name, `${how}; stays down`)
        return
      }
      this.#state = 'restarting'
      this.#options.onEvent(this.name, `${how}; starts again in ${delayMs} ms`)
      try {
        await delay(delayMs, undefined, { signal: wanted })
        this.#restarts += 1
        // Without a limit: a replica that is back before its primary only has to wait for it.
        await this.#launch(wanted, Infinity)
        this.#options.onEvent(this.name, 'is ready again')
        return
      } catch (error) {
        how = messageOf(error)
      }
    }
    this.#state = 'stopped'
  }

  #send(running: Running, signal: NodeJS.Signals): void {
    if (running.ended || running.pid === 0) return
    // A node that stands still does so as a whole: PostgreSQL's walreceiver is not its postmaster.
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') {
      signalTree(running.pid, signal)
      return
    }
    try {
      process.kill(running.pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }

  async #end(running: Running): Promise<void> {
    this.#send(running, 'SIGCONT')
    this.#send(running, this.plan.hurrySignal)
    if (await endsWithin(running, KILL_TIMEOUT_MS / 2)) return
    signalGroup(running.pid, 'SIGKILL')
    await endsWithin(running, KILL_TIMEOUT_MS / 2)
  }

  #failure(message: string): ClusterError {
    const path = logPath(this.#options.logs, this.name)
    return new ClusterError('node_failed', message, { remedy: `see ${path}`, context: tailOf(path, TAIL_LINES) })
  }
}

async function endsWithin(running: Running, timeoutMs: number): Promise<boolean> {
  const timer = new AbortController()
  try {
    return await Promise.race([
      running.exited.then(() => true),
      delay(timeoutMs, false, { signal: timer.signal }).catch(() => false),
    ])
  } finally {
    timer.abort()
  }
}
