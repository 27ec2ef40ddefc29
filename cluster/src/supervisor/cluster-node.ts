/**
 * One supervised process.
 *
 *     stopped ──start──▶ starting ──probe holds──▶ ready ──stop──▶ stopping ──exit──▶ stopped
 *                           ▲  │ ends or times out     │ ends by itself
 *                           │  ▼                       ▼
 *                           │ failed ◀─cannot run── restarting
 *                           └────────after a delay──────┘
 *
 * Every node starts again when it ended by itself, stores included, however often, as `restart: unless-stopped` does in
 * Compose; failed is one whose program cannot be run at all. A fault test that wants a node to stay down kills it with
 * `restart: false`. The supervisor and nobody else starts and stops nodes; start, stop and restart of one node take turns,
 * and a stop cuts a start short.
 */
import { ClusterError, messageOf } from '../cluster-error.ts'
import { logPath, tailOf } from '../process/log-file.ts'
import { waitUntil } from '../wait.ts'
import type { NodePlan } from './node-plan.ts'
import { isFatal, NodeProcess } from './node-process.ts'
import type { RestartLimits } from './restart-policy.ts'
import { Restarts } from './restarts.ts'

export type NodeState = 'stopped' | 'starting' | 'ready' | 'stopping' | 'restarting' | 'failed'

export interface NodeOptions {
  readonly logs: string
  readonly pids: string
  /** Undefined: a node that ended by itself stays down. */
  readonly restart: RestartLimits | undefined
  /** Told what happens to the node outside of start and stop. */
  readonly onEvent: (node: string, what: string) => void
}

const TAIL_LINES = 15

export class ClusterNode {
  readonly plan: NodePlan
  readonly #options: NodeOptions
  #state: NodeState = 'stopped'
  #running: NodeProcess | undefined
  /** Lives from a start to the next stop; aborted by it. */
  #wanted: AbortController | undefined
  #turn: Promise<unknown> = Promise.resolve()
  /** Stops asked for so far: a start that still waits for its turn when one comes does not begin. */
  #stops = 0
  readonly #restarts: Restarts | undefined
  /** The last process could not even be started. */
  #cannotRun = false

  constructor(plan: NodePlan, options: NodeOptions) {
    this.plan = plan
    this.#options = options
    this.#restarts = options.restart === undefined ? undefined : new Restarts(options.restart)
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
    return this.#restarts?.count ?? 0
  }

  /** When it starts again; undefined when it does not wait for that. */
  get restartAt(): Date | undefined {
    return this.#restarts?.nextAt
  }

  /**
   * Starts the node and waits until it is ready. One that waits for its next start waits no longer.
   *
   * @throws ClusterError `node_failed` with the end of its log, `timed_out`, `aborted`
   */
  async start(signal?: AbortSignal): Promise<void> {
    const stops = this.#stops
    if (this.restartAt !== undefined) this.#giveUp()
    await this.#inTurn(async () => {
      if (this.#running !== undefined) return
      if (this.#stops !== stops) throw new ClusterError('aborted', `${this.name} was stopped before it started`)
      this.#wanted = new AbortController()
      this.#restarts?.forget()
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
        if (!(await running.stop())) {
          this.#options.onEvent(this.name, `did not stop within ${this.plan.stopTimeoutMs / 1000} s, killed`)
          await running.end()
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
    running.send(signal)
    if (isFatal(signal)) await running.exited
  }

  /** Ends the node at once, with nothing in order. */
  hurry(): void {
    this.#giveUp()
    this.#running?.hurry()
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
      await running.end()
      throw error
    }
    this.#state = 'ready'
    this.#restarts?.nodeIsReady()
    // Only from here on: an end before is the start's own failure.
    void running.exited.then((how) => this.#afterEnd(how))
  }

  #spawn(): NodeProcess {
    const running = new NodeProcess(this.plan, this.#options)
    this.#running = running
    void running.exited.then(() => {
      this.#cannotRun = running.cannotRun
      if (this.#running === running) this.#running = undefined
    })
    return running
  }

  async #untilReady(running: NodeProcess, timeoutMs: number, signal: AbortSignal): Promise<void> {
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
      const restarts = this.#restarts
      if (restarts === undefined || this.#cannotRun) {
        this.#state = 'failed'
        this.#wanted = undefined
        this.#options.onEvent(this.name, `${how}; stays down`)
        return
      }
      const delayMs = restarts.nodeEnded()
      this.#state = 'restarting'
      this.#options.onEvent(this.name, `${how}; starts again in ${delayMs} ms`)
      try {
        await restarts.wait(delayMs, wanted)
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

  #failure(message: string): ClusterError {
    const path = logPath(this.#options.logs, this.name)
    return new ClusterError('node_failed', message, { remedy: `see ${path}`, context: tailOf(path, TAIL_LINES) })
  }
}
