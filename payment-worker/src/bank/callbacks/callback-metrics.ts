import { Counter, type Registry } from 'prom-client'

/** What became of the bank's callbacks. */
export class CallbackMetrics {
  readonly #taken: Counter<'outcome'>

  constructor(registry: Registry) {
    this.#taken = new Counter({
      name: 'bank_callbacks_total',
      help: 'Callbacks of the bank: the bank was asked, the payment is none of ours, or the signature not the bank’s',
      labelNames: ['outcome'],
      registers: [registry],
    })
    for (const outcome of ['asked', 'unknown', 'unsigned']) this.#taken.inc({ outcome }, 0)
  }

  taken(outcome: 'asked' | 'unknown' | 'unsigned'): void {
    this.#taken.inc({ outcome })
  }
}
