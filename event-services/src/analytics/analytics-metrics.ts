import { Counter, type Registry } from 'prom-client'
import type { Tally } from './counting/counter.ts'

/** What analytics has counted. */
export class AnalyticsMetrics {
  readonly #events: Counter<'outcome'>
  readonly #retries: Counter

  constructor(registry: Registry) {
    const registers = [registry]
    this.#events = new Counter({
      name: 'analytics_events_total',
      help: 'Events that were counted, counted before, of too long ago, nothing that is counted, or unreadable',
      labelNames: ['outcome'],
      registers,
    })
    this.#retries = new Counter({
      name: 'analytics_retries_total',
      help: 'Batches of events that had to be tried again',
      registers,
    })
    for (const outcome of ['counted', 'repeated', 'too_late', 'ignored', 'unreadable']) this.#events.inc({ outcome }, 0)
  }

  took({ counted, repeated, tooLate }: Tally, ignored: number, unreadable: number): void {
    this.#events.inc({ outcome: 'counted' }, counted)
    this.#events.inc({ outcome: 'repeated' }, repeated)
    this.#events.inc({ outcome: 'too_late' }, tooLate)
    this.#events.inc({ outcome: 'ignored' }, ignored)
    this.#events.inc({ outcome: 'unreadable' }, unreadable)
  }

  retried(): void {
    this.#retries.inc()
  }
}
