/**
 * Starts runs when their time has come, and clears up. Every process does: of several one starts a run, since one of a kind
 * is under way at a time and none is started twice within its interval.
 */
import type { ReconciliationKind } from '@paycluster/contracts'
import type { Clock } from '@paycluster/platform/clock'
import type { Logger } from '@paycluster/platform/logging'
import { repeat } from '@paycluster/platform/work/repeat'
import { DAY_MS, dayAfter, dayOf, startOf } from '../day.ts'
import type { DifferenceStore } from '../differences/difference-store.ts'
import type { DifferenceTeller } from '../differences/difference-teller.ts'
import type { ReconciliationMetrics } from '../reconciliation-metrics.ts'
import { throughOf } from '../statement/compare-statement.ts'
import type { StatementStore } from '../statement/statement-store.ts'
import type { RunStore } from './run-store.ts'
import type { Runner } from './runner.ts'

const LOOK_EVERY_MS = 5_000
/** A statement that could not be had or read is asked for again. */
const RETRY_MS = 600_000
const SWEEP_ROWS = 10_000

export interface ScheduleParts {
  readonly runner: Runner
  readonly runs: RunStore
  readonly differences: DifferenceStore
  readonly statements: StatementStore
  readonly teller: DifferenceTeller
  readonly metrics: ReconciliationMetrics
  readonly clock: Clock
  readonly logger: Logger
  /** Of the kinds that compare the cluster with itself; none is empty. */
  readonly kinds: readonly ReconciliationKind[]
  /** Between two runs of a kind; 0: none is started. */
  readonly intervalMs: number
  /** After the end of a day its statement is asked for. */
  readonly statementDelayMs: number
  readonly keepDays: number
}

export class Schedule {
  readonly #parts: ScheduleParts
  readonly #stop = new AbortController()
  #loops: Promise<unknown> = Promise.resolve()

  constructor(parts: ScheduleParts) {
    this.#parts = parts
  }

  start(): void {
    this.#loops = Promise.all([
      this.#repeat('start what is due', () => this.#startDue()),
      this.#repeat('clear up', () => this.#clearUp()),
    ])
  }

  /** Resolves when nothing is begun any more. */
  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#loops
  }

  #repeat(what: string, work: () => Promise<void>): Promise<void> {
    return repeat(work, {
      signal: this.#stop.signal,
      restMs: LOOK_EVERY_MS,
      onError: (error) => {
        this.#parts.logger.warn({ err: error }, `reconciliation could not ${what}`)
      },
    })
  }

  /** One after the other: a process does not compare everything at once by itself. */
  async #startDue(): Promise<void> {
    const { runner, kinds, intervalMs } = this.#parts
    if (intervalMs === 0) return
    for (const kind of kinds) {
      if (this.#stop.signal.aborted) return
      const run = await runner.start({ kind, isFull: false, notWithinMs: intervalMs })
      if (run !== undefined) await runner.carryOut(run)
    }
    const day = await this.#dueDay()
    if (day === undefined) return
    const run = await runner.start({ kind: 'statement', day, source: 'bank', isFull: true, notWithinMs: RETRY_MS })
    if (run !== undefined) await runner.carryOut(run)
  }

  /** The first day that has no statement yet, when it is time for it. */
  async #dueDay(): Promise<string | undefined> {
    const { runner, runs, clock, statementDelayMs } = this.#parts
    if (!runner.hasBank) return undefined
    const nowMs = clock.now()
    const through = throughOf(await runs.watermark('statement'))
    const day = through === null ? dayOf(nowMs - DAY_MS) : dayAfter(through)
    return nowMs >= startOf(day) + DAY_MS + statementDelayMs ? day : undefined
  }

  async #clearUp(): Promise<void> {
    const { runs, differences, statements, teller, metrics, logger, keepDays } = this.#parts
    const dead = await runs.failDead()
    if (dead > 0) logger.warn({ count: dead }, 'runs of the reconciliation whose processes ended have failed')
    const open = await differences.countOpen()
    metrics.open(open.reduce((sum, { count }) => sum + count, 0))
    metrics.told(await teller.tell())
    for (let swept = SWEEP_ROWS; swept >= SWEEP_ROWS && !this.#stop.signal.aborted;)
      swept = await statements.sweep(keepDays, SWEEP_ROWS)
  }
}
