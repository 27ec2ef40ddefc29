import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

/** What a producer can be asked at a scrape. */
export interface ProducerState {
  queuedMessages(): number
  queuedBytes(): number
  lingerMs(): number
  connected(): boolean
}

/** The metrics of one producer. Nothing here is counted per message on its way in: batches and refusals are. */
export class ProducerMetrics {
  readonly #registry: Registry
  readonly #batchSize: Histogram
  readonly #sendSeconds: Histogram
  readonly #messages: Counter<'outcome'>
  readonly #failures: Counter

  constructor(registry: Registry) {
    this.#registry = registry
    const registers = [registry]
    this.#batchSize = new Histogram({
      name: 'kafka_producer_batch_messages',
      help: 'Messages per acknowledged send',
      buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
      registers,
    })
    this.#sendSeconds = new Histogram({
      name: 'kafka_producer_send_seconds',
      help: 'From send to the acknowledgement of all in-sync replicas, without the time in the queue',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers,
    })
    this.#messages = new Counter({
      name: 'kafka_producer_messages_total',
      help: 'Messages by outcome; `late` ones were acknowledged after their caller had been refused',
      labelNames: ['outcome'],
      registers,
    })
    this.#failures = new Counter({
      name: 'kafka_producer_send_failures_total',
      help: 'Sends that failed; their messages were sent again while their callers waited',
      registers,
    })
  }

  /** Reads the gauges from `state` at each scrape. */
  observe(state: ProducerState): void {
    this.#gauge('kafka_producer_queued_messages', 'Messages that wait for a send', () => state.queuedMessages())
    this.#gauge('kafka_producer_queued_bytes', 'Bytes that wait for a send', () => state.queuedBytes())
    this.#gauge('kafka_producer_linger_ms', 'How long a batch waits for company now', () => state.lingerMs())
    this.#gauge('kafka_producer_connected', '1 while there is a connection', () => (state.connected() ? 1 : 0))
  }

  acknowledged(size: number, durationMs: number, late: number): void {
    this.#batchSize.observe(size)
    this.#sendSeconds.observe(durationMs / 1000)
    this.#messages.inc({ outcome: 'acknowledged' }, size - late)
    if (late > 0) this.#messages.inc({ outcome: 'late' }, late)
  }

  refused(outcome: string): void {
    this.#messages.inc({ outcome })
  }

  sendFailed(): void {
    this.#failures.inc()
  }

  #gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.set(read())
      },
    })
  }
}
