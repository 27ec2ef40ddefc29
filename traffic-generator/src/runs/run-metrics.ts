import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { Act } from '../planning/act.ts'
import type { ActResult } from '../sending/act-result.ts'
import type { InFlight } from './in-flight.ts'

/** Of all runs of a process. No label is of a client's making: kinds and outcomes are few. */
export class RunMetrics {
  readonly #acts: Counter<'kind' | 'outcome'>
  readonly #durations: Histogram<'kind'>
  readonly #lag: Histogram

  constructor(registry: Registry, inFlight: InFlight, runs: () => number) {
    const registers = [registry]
    this.#acts = new Counter({
      name: 'traffic_acts_total',
      help: 'Acts that are over, by what came of them',
      labelNames: ['kind', 'outcome'],
      registers,
    })
    this.#durations = new Histogram({
      name: 'traffic_act_duration_seconds',
      help: 'From sending an act to its answer, with the wait for the ledger',
      labelNames: ['kind'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
      registers,
    })
    this.#lag = new Histogram({
      name: 'traffic_lag_seconds',
      help: 'How much later than planned an act had its turn',
      buckets: [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5],
      registers,
    })
    new Gauge({
      name: 'traffic_in_flight',
      help: 'Acts that are being answered',
      registers,
      collect() {
        this.set(inFlight.now)
      },
    })
    new Gauge({
      name: 'traffic_runs',
      help: 'Runs that have not ended',
      registers,
      collect() {
        this.set(runs())
      },
    })
  }

  plan(lagMs: number): void {
    this.#lag.observe(lagMs / 1000)
  }

  finish({ kind }: Act, { outcome }: ActResult, durationMs: number): void {
    this.#acts.inc({ kind, outcome })
    if (outcome !== 'skipped') this.#durations.observe({ kind }, durationMs / 1000)
  }
}
