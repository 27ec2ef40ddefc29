import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

const LATENCY_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15]

/** What webhooks count. */
export class WebhookMetrics {
  readonly #events: Counter<'outcome'>
  readonly #deliveries: Counter
  readonly #attempts: Histogram<'outcome'>
  readonly #retries: Counter
  readonly #unreported: Counter
  readonly #disabled: Counter

  /** @param inHand  deliveries that this process has in hand */
  constructor(registry: Registry, inHand: () => number) {
    const registers = [registry]
    this.#events = new Counter({
      name: 'webhook_events_total',
      help: 'Events that were looked at: told to whoever wants to know, nobody’s business, or unreadable',
      labelNames: ['outcome'],
      registers,
    })
    this.#deliveries = new Counter({ name: 'webhook_deliveries_total', help: 'Deliveries that were made', registers })
    this.#attempts = new Histogram({
      name: 'webhook_request_seconds',
      help: 'Requests to endpoints, by what came of them',
      labelNames: ['outcome'],
      buckets: LATENCY_BUCKETS_S,
      registers,
    })
    this.#retries = new Counter({
      name: 'webhook_fan_out_retries_total',
      help: 'Batches of events that had to be tried again',
      registers,
    })
    this.#unreported = new Counter({
      name: 'webhook_unreported_total',
      help: 'Requests that could not be written down: they are made again',
      registers,
    })
    this.#disabled = new Counter({
      name: 'webhook_endpoints_disabled_total',
      help: 'Endpoints that were disabled because nothing could be delivered to them',
      registers,
    })
    new Gauge({
      name: 'webhook_deliveries_in_hand',
      help: 'Deliveries that this process has in hand',
      registers,
      collect() {
        this.set(inHand())
      },
    })
    for (const outcome of ['told', 'ignored', 'unreadable']) this.#events.inc({ outcome }, 0)
  }

  fannedOut(told: number, ignored: number, unreadable: number, deliveries: number): void {
    this.#events.inc({ outcome: 'told' }, told)
    this.#events.inc({ outcome: 'ignored' }, ignored)
    this.#events.inc({ outcome: 'unreadable' }, unreadable)
    this.#deliveries.inc(deliveries)
  }

  attempted(outcome: 'delivered' | 'refused' | 'no_answer', durationMs: number): void {
    this.#attempts.observe({ outcome }, durationMs / 1000)
  }

  retried(): void {
    this.#retries.inc()
  }

  unreported(count: number): void {
    this.#unreported.inc(count)
  }

  disabled(): void {
    this.#disabled.inc()
  }
}
