import type { Clock } from '../clock.ts'

export interface PrimaryBudgetOptions {
  readonly maxConcurrent: number
  readonly perSecond: number
}

/**
 * How much reading the primary takes over from replicas: bounded at once and per second, so that lost replicas never
 * turn into a lost primary. Nobody queues here: over budget is an answer.
 */
export class PrimaryBudget {
  readonly #options: PrimaryBudgetOptions
  readonly #clock: Clock
  #running = 0
  #tokens: number
  #refilledAtMs: number

  constructor(options: PrimaryBudgetOptions, clock: Clock) {
    this.#options = options
    this.#clock = clock
    this.#tokens = options.perSecond
    this.#refilledAtMs = clock.now()
  }

  /** Runs a read, or returns undefined at once when the budget is spent. */
  async run<T>(read: () => Promise<T>): Promise<T | undefined> {
    this.#refill()
    if (this.#tokens < 1 || this.#running >= this.#options.maxConcurrent) return undefined
    this.#tokens--
    this.#running++
    try {
      return await read()
    } finally {
      this.#running--
    }
  }

  #refill(): void {
    const nowMs = this.#clock.now()
    const earned = (Math.max(0, nowMs - this.#refilledAtMs) * this.#options.perSecond) / 1000
    this.#tokens = Math.min(this.#options.perSecond, this.#tokens + earned)
    this.#refilledAtMs = nowMs
  }
}
