/**
 * One scenario, carried out: every act has its turn at its time, whatever became of the others.
 *
 *     plan ─▶ wait for its time ─▶ a place in flight? ──▶ after the act that it follows from ─▶ send ─▶ count, label
 *                                        └─ none ──▶ skipped, and counted as such
 *
 * A run that is stopped begins nothing new, ends what it has begun (holds, blocks), and waits for what is in flight.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '@paycluster/platform/clock'
import { isClosing, type Act } from '../planning/act.ts'
import { paceAt, type Steering } from '../planning/pace.ts'
import { planSteps } from '../planning/plan-acts.ts'
import { ordinaryRate, suspiciousRate, type Mix, type Scenario } from '../scenario/scenario.ts'
import { skipped, type ActResult } from '../sending/act-result.ts'
import { ActSender } from '../sending/act-sender.ts'
import type { Target } from '../sending/target.ts'
import type { InFlight } from './in-flight.ts'
import { LabelBook } from './label-book.ts'
import { RunCounts } from './run-counts.ts'
import type { RunFolder } from './run-folder.ts'
import type { RunMetrics } from './run-metrics.ts'
import type { RunReport, RunState } from './run-report.ts'

/** Acts that others may be about; those of the last minutes even at the highest rate. */
const MAX_REMEMBERED = 50_000
/** After the last act, or a stop: then what is in flight is cut. Longer than a call and the one that it waits for. */
const END_TIMEOUT_MS = 45_000
/** A timer of less is not worth it. */
const LEAST_WAIT_MS = 1
const UNBLOCK_ROUNDS = 3

export interface RunOptions {
  readonly id: string
  readonly scenario: Scenario
  readonly target: Target
  readonly folder: RunFolder
  readonly inFlight: InFlight
  readonly metrics: RunMetrics
  readonly clock: Clock
}

export interface RunChange {
  /** Acts a second from now on, whatever the phase; null: the scenario's again. */
  readonly rate?: number | null | undefined
  readonly mix?: Mix | null | undefined
}

export class Run {
  readonly id: string
  readonly scenario: Scenario
  /** Until everything is over and kept. Never rejects: the report says why it failed. */
  readonly ended: Promise<void>
  readonly #options: RunOptions
  readonly #sender: ActSender
  readonly #counts = new RunCounts()
  readonly #labels: LabelBook
  readonly #startedAtMs: number
  readonly #startMs = performance.now()
  readonly #steering: { rate?: number; mix?: Mix; isEnding: boolean } = { isEnding: false }
  /** Of acts that others may be about, in the order in which they began. */
  readonly #results = new Map<number, Promise<ActResult>>()
  readonly #underWay = new Set<Promise<unknown>>()
  readonly #blocked = new Set<string>()
  readonly #stop = new AbortController()
  readonly #cut = new AbortController()
  #state: RunState = 'running'
  #endedAtMs: number | undefined
  #error: string | undefined

  /** Begins at once. @throws the system's error when its folder cannot be made */
  constructor(options: RunOptions) {
    const { id, scenario, target, folder, clock } = options
    this.id = id
    this.scenario = scenario
    this.#options = options
    this.#startedAtMs = clock.now()
    this.#sender = new ActSender({ target, runId: id, seed: scenario.seed, signal: this.#cut.signal })
    this.#labels = new LabelBook((line) => {
      folder.addLabel(line)
    })
    folder.make()
    folder.save(this.report())
    this.ended = this.#carryOut()
  }

  get isOver(): boolean {
    return this.#endedAtMs !== undefined
  }

  get labelsPath(): string {
    return this.#options.folder.labelsPath
  }

  /** Takes effect within a quarter of a second. */
  change({ rate, mix }: RunChange): void {
    if (rate === null) delete this.#steering.rate
    else if (rate !== undefined) this.#steering.rate = rate
    if (mix === null) delete this.#steering.mix
    else if (mix !== undefined) this.#steering.mix = mix
  }

  /** Acts a second that it may make from now on. @param change  as if it had been made */
  peakRate({ rate = this.#steering.rate }: RunChange = {}): number {
    return (rate ?? ordinaryRate(this.scenario)) + suspiciousRate(this.scenario)
  }

  /** Begins nothing new. @param timeoutMs  then what is in flight is cut */
  async stop(timeoutMs = END_TIMEOUT_MS): Promise<void> {
    if (this.#state === 'running') this.#state = 'stopping'
    this.#steering.isEnding = true
    this.#stop.abort()
    const cut = setTimeout(() => {
      this.hurry()
    }, timeoutMs)
    await this.ended
    clearTimeout(cut)
  }

  /** Cuts what is in flight. */
  hurry(): void {
    this.#steering.isEnding = true
    this.#stop.abort()
    this.#cut.abort()
  }

  report(): RunReport {
    const { id, scenario, target, clock } = this.#options
    const counts = this.#counts
    const elapsedMs = (this.#endedAtMs ?? clock.now()) - this.#startedAtMs
    const pace = paceAt(scenario, this.#steering, elapsedMs)
    return {
      id,
      scenario: scenario.name,
      seed: scenario.seed,
      state: this.#state,
      error: this.#error ?? null,
      url: target.url,
      started_at: new Date(this.#startedAtMs).toISOString(),
      ended_at: this.#endedAtMs === undefined ? null : new Date(this.#endedAtMs).toISOString(),
      duration_s: scenario.duration / 1000,
      elapsed_s: rounded(elapsedMs / 1000),
      phase: this.isOver ? null : (pace.phase ?? null),
      rate: this.isOver || this.#steering.isEnding ? 0 : pace.rate,
      rate_reached: {
        recent: this.isOver ? 0 : rounded(counts.recentRate(performance.now() - this.#startMs)),
        overall: rounded((counts.sent * 1000) / Math.max(1, Math.min(elapsedMs, scenario.duration))),
      },
      planned: counts.planned,
      sent: counts.sent,
      skipped: [...counts.byKind.values()].reduce((sum, outcomes) => sum + outcomes.skipped, 0),
      in_flight: this.#underWay.size,
      lag_ms: counts.lagMs,
      by_kind: Object.fromEntries([...counts.byKind].map(([kind, outcomes]) => [kind, { ...outcomes }])),
      failures: Object.fromEntries(counts.byCode),
      unexpected: counts.unexpected,
      payments: { ...counts.payments },
      refunds: { ...counts.refunds },
      labels: Object.fromEntries(Object.entries(this.#labels.counts).map(([label, one]) => [label, { ...one }])),
      left_blocked: this.isOver ? [...this.#blocked] : [],
    }
  }

  async #carryOut(): Promise<void> {
    try {
      await this.#haveTurns()
    } catch (error) {
      this.#fail(error)
    }
    await this.#end()
    if (this.#error !== undefined) this.#state = 'failed'
    else this.#state = this.#steering.isEnding ? 'stopped' : 'finished'
    this.#endedAtMs = this.#options.clock.now()
    try {
      this.#labels.end()
      this.#options.folder.save(this.report())
    } catch (error) {
      this.#fail(error)
      this.#state = 'failed'
    }
  }

  async #haveTurns(): Promise<void> {
    const { scenario, target } = this.#options
    const steering: Steering = this.#steering
    for (const { atMs, act } of planSteps(scenario, scenario.seed, target.cast, steering)) {
      await this.#until(atMs)
      if (this.#cut.signal.aborted) return
      if (act === undefined || (this.#steering.isEnding && !this.#endsSomething(act))) continue
      await this.#giveTurn(act)
    }
  }

  /** What had its time after the stop has not begun, and needs no end. */
  #endsSomething(act: Act): boolean {
    if (!isClosing(act)) return false
    return 'of' in act ? this.#results.has(act.of) : 'account' in act && this.#blocked.has(act.account)
  }

  /** Returns at once when the run is being stopped. */
  async #until(atMs: number): Promise<void> {
    const leftMs = this.#startMs + atMs - performance.now()
    if (leftMs < LEAST_WAIT_MS || this.#stop.signal.aborted) return
    try {
      await sleep(leftMs, undefined, { signal: this.#stop.signal })
    } catch {
      // It is stopped: nothing is waited for.
    }
  }

  /** Waits for no answer; for a place in flight only to end what was begun, after a stop. */
  async #giveTurn(act: Act): Promise<void> {
    const { inFlight, metrics, clock } = this.#options
    const lagMs = Math.max(0, performance.now() - this.#startMs - act.atMs)
    if (!this.#steering.isEnding) {
      this.#counts.plan(lagMs)
      metrics.plan(lagMs)
    } else this.#counts.plan(0)
    this.#labels.begin(act, clock.now())
    // An account is not left blocked for lack of a place.
    if (act.kind === 'unblock') inFlight.take()
    else if (this.#steering.isEnding) await inFlight.wait()
    else if (!inFlight.tryTake()) {
      this.#finish(act, skipped('in_flight'), 0)
      return
    }
    const result = this.#send(act)
    if (act.kind === 'payment' || act.kind === 'hold' || act.kind === 'block') this.#remember(act.number, result)
    const work = result
      .catch((error: unknown) => {
        this.#fail(error)
        this.hurry()
      })
      .finally(() => {
        inFlight.release()
        this.#underWay.delete(work)
      })
    this.#underWay.add(work)
  }

  async #send(act: Act): Promise<ActResult> {
    const before = act.after === undefined ? undefined : await this.#results.get(act.after)
    const [payment] = before?.payments ?? []
    const earlier = payment === undefined || payment.outcome === 'failed' ? undefined : payment.id
    const startMs = performance.now()
    const result = await this.#sendIfPossible(act, earlier)
    this.#finish(act, result, performance.now() - startMs)
    return result
  }

  async #sendIfPossible(act: Act, earlier: string | undefined): Promise<ActResult> {
    if ('of' in act && earlier === undefined) return skipped(act.kind === 'refund' ? 'nothing_paid' : 'nothing_held')
    if (act.kind === 'unblock' && !this.#blocked.has(act.account)) return skipped('nothing_blocked')
    if (this.#cut.signal.aborted) return skipped('cut_short')
    this.#counts.send(performance.now() - this.#startMs)
    if (act.kind === 'block') this.#noteBlocked(act.account, true)
    const result = await this.#sender.send(act, earlier ?? '')
    if (act.kind === 'unblock' && result.outcome === 'done') this.#noteBlocked(act.account, false)
    // What was refused has changed nothing; of what was not answered nobody knows.
    if (act.kind === 'block' && result.outcome === 'refused') this.#noteBlocked(act.account, false)
    return result
  }

  #finish(act: Act, result: ActResult, durationMs: number): void {
    this.#counts.finish(act, result)
    this.#labels.finish(act, result, this.#options.clock.now())
    this.#options.metrics.finish(act, result, durationMs)
  }

  #remember(number: number, result: Promise<ActResult>): void {
    this.#results.set(number, result)
    // Whoever waits for it is told of a failure by whoever began it.
    result.catch(() => undefined)
    for (const oldest of this.#results.keys()) {
      if (this.#results.size <= MAX_REMEMBERED) break
      this.#results.delete(oldest)
    }
  }

  /** Written down before the account is blocked, and after it is unblocked: a kill in between leaves a trace. */
  #noteBlocked(account: string, isBlocked: boolean): void {
    if (isBlocked) this.#blocked.add(account)
    else this.#blocked.delete(account)
    this.#options.folder.saveBlocked([...this.#blocked])
  }

  async #end(): Promise<void> {
    const cut = setTimeout(() => {
      this.hurry()
    }, END_TIMEOUT_MS)
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
    clearTimeout(cut)
    try {
      await this.#unblockRest()
    } catch (error) {
      this.#fail(error)
    }
  }

  /** What a stop, or an answer that did not come, has left blocked. */
  async #unblockRest(): Promise<void> {
    for (let round = 1; round <= UNBLOCK_ROUNDS; round += 1) {
      const results = [...this.#blocked].map(async (account) => {
        const { outcome } = await this.#sender.unblock(account, `${this.id}-end-${round}-${account}`)
        if (outcome === 'done') this.#noteBlocked(account, false)
      })
      await Promise.all(results)
    }
  }

  #fail(error: unknown): void {
    this.#error ??= error instanceof Error ? error.message : String(error)
  }
}

const rounded = (value: number): number => Math.round(value * 100) / 100
