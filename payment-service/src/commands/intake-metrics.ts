import { Counter, Gauge, type Registry } from 'prom-client'

/** How a wait for an outcome ended; `refused` ones never began: too many waited, or nobody listened. */
export type WaitEnd = 'answered' | 'timed_out' | 'refused'

/** What payment-service counts of its own beside requests and sends. */
export class IntakeMetrics {
  readonly #accepted: Counter<'type' | 'replayed'>
  readonly #conflicts: Counter
  readonly #waits: Counter<'end'>
  readonly #withoutRedis: Counter

  constructor(registry: Registry, waiting: () => number) {
    const registers = [registry]
    this.#accepted = new Counter({
      name: 'commands_accepted_total',
      help: 'Commands that Kafka acknowledged, or had acknowledged before',
      labelNames: ['type', 'replayed'],
      registers,
    })
    this.#conflicts = new Counter({
      name: 'idempotency_conflicts_total',
      help: 'Keys that came again with another body',
      registers,
    })
    this.#waits = new Counter({ name: 'outcome_waits_total', help: 'Waits by end', labelNames: ['end'], registers })
    this.#withoutRedis = new Counter({
      name: 'idempotency_unavailable_total',
      help: 'Lookups and marks of keys that went without Redis, which was slow or away',
      registers,
    })
    new Gauge({
      name: 'outcome_waiters',
      help: 'Requests that wait for their outcome',
      registers,
      collect() {
        this.set(waiting())
      },
    })
  }

  accepted(type: string, isReplay: boolean): void {
    this.#accepted.inc({ type, replayed: String(isReplay) })
  }
  conflict(): void {
    this.#conflicts.inc()
  }
  waited(end: WaitEnd): void {
    this.#waits.inc({ end })
  }
  withoutRedis(): void {
    this.#withoutRedis.inc()
  }
}
