import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { CallResult } from './bank-task.ts'

const LATENCY_BUCKETS_S = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10]

/** What the dispatcher counts. */
export class DispatcherMetrics {
  readonly #calls: Histogram<'request' | 'result'>
  readonly #exhausted: Counter
  readonly #unreported: Counter
  readonly #circuit: Gauge

  /** @param inHand  tasks that this worker has in hand */
  constructor(registry: Registry, inHand: () => number) {
    const registers = [registry]
    this.#calls = new Histogram({
      name: 'bank_request_seconds',
      help: 'Requests to the bank, by what was asked and what came of it',
      labelNames: ['request', 'result'],
      buckets: LATENCY_BUCKETS_S,
      registers,
    })
    this.#exhausted = new Counter({
      name: 'bank_tasks_exhausted_total',
      help: 'Tasks given up after too many attempts',
      registers,
    })
    this.#unreported = new Counter({
      name: 'bank_tasks_unreported_total',
      help: 'Results that could not be told to the log or the ledger: their leases end, and the bank is asked again',
      registers,
    })
    this.#circuit = new Gauge({
      name: 'bank_circuit_open',
      help: '1 while requests to the bank are held back',
      registers,
    })
    new Gauge({
      name: 'bank_tasks_in_hand',
      help: 'Tasks that this worker has in hand',
      registers,
      collect() {
        this.set(inHand())
      },
    })
  }

  called(request: 'move' | 'find', result: CallResult['kind'], durationMs: number): void {
    this.#calls.observe({ request, result }, durationMs / 1000)
  }

  exhausted(): void {
    this.#exhausted.inc()
  }

  unreported(count: number): void {
    this.#unreported.inc(count)
  }

  circuit(isOpen: boolean): void {
    this.#circuit.set(isOpen ? 1 : 0)
  }
}
