import { Counter, type Registry } from 'prom-client'

/** What the audit log has taken. */
export class AuditMetrics {
  readonly #events: Counter<'outcome'>
  readonly #batches: Counter
  readonly #retries: Counter

  constructor(registry: Registry) {
    const registers = [registry]
    this.#events = new Counter({
      name: 'audit_events_total',
      help: 'Events that the audit log has taken, had already, or kept although they could not be read',
      labelNames: ['outcome'],
      registers,
    })
    this.#batches = new Counter({ name: 'audit_batches_total', help: 'Signed batches', registers })
    this.#retries = new Counter({ name: 'audit_retries_total', help: 'Batches that had to be tried again', registers })
    for (const outcome of ['recorded', 'repeated', 'unreadable']) this.#events.inc({ outcome }, 0)
  }

  /**
   * @param recorded  how many of the events were new
   * @param unreadable  how many of them were no events
   */
  appended(recorded: number, events: number, unreadable: number): void {
    this.#events.inc({ outcome: 'recorded' }, recorded)
    this.#events.inc({ outcome: 'repeated' }, events - recorded)
    this.#events.inc({ outcome: 'unreadable' }, unreadable)
    if (recorded > 0) this.#batches.inc()
  }

  retried(): void {
    this.#retries.inc()
  }
}
