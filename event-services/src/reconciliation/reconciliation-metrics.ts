import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { RECONCILIATION_KINDS, type ReconciliationKind } from '@paycluster/contracts'

/** What reconciliation counts. */
export class ReconciliationMetrics {
  readonly #runs: Histogram<'kind' | 'outcome'>
  readonly #checked: Counter<'kind'>
  readonly #opened: Counter<'kind'>
  readonly #open: Gauge
  readonly #told: Counter

  constructor(registry: Registry) {
    const registers = [registry]
    this.#runs = new Histogram({
      name: 'reconciliation_run_seconds',
      help: 'Runs, by kind and whether they came to their end',
      labelNames: ['kind', 'outcome'],
      buckets: [0.1, 0.5, 1, 5, 10, 30, 60, 300, 900],
      registers,
    })
    this.#checked = new Counter({
      name: 'reconciliation_checked_total',
      help: 'Lines, entries of the cache, accounts, sequences and partitions that were compared',
      labelNames: ['kind'],
      registers,
    })
    this.#opened = new Counter({
      name: 'reconciliation_differences_total',
      help: 'Differences that were new, by the kind of run that found them',
      labelNames: ['kind'],
      registers,
    })
    this.#open = new Gauge({
      name: 'reconciliation_open_differences',
      help: 'Differences that no run has found gone',
      registers,
    })
    this.#told = new Counter({ name: 'reconciliation_told_total', help: 'Differences that were told of', registers })
    for (const kind of RECONCILIATION_KINDS) this.#opened.inc({ kind }, 0)
  }

  ended(kind: ReconciliationKind, outcome: 'succeeded' | 'failed', durationMs: number): void {
    this.#runs.observe({ kind, outcome }, durationMs / 1000)
  }

  compared(kind: ReconciliationKind, checked: number, opened: number): void {
    this.#checked.inc({ kind }, checked)
    this.#opened.inc({ kind }, opened)
  }

  told(count: number): void {
    this.#told.inc(count)
  }

  open(count: number): void {
    this.#open.set(count)
  }
}
