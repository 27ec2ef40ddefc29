/** The restarts of one node: how many, how many in a row, and when the next one is. */
import { setTimeout as delay } from 'node:timers/promises'
import { restartDelayMs, type RestartLimits } from './restart-policy.ts'

export class Restarts {
  readonly #limits: RestartLimits
  #count = 0
  #endsInARow = 0
  #readySinceMs: number | undefined
  #nextAt: Date | undefined

  constructor(limits: RestartLimits) {
    this.#limits = limits
  }

  /** How often the node was started again. */
  get count(): number {
    return this.#count
  }

  /** When the next start is; undefined when nothing waits for one. */
  get nextAt(): Date | undefined {
    return this.#nextAt
  }

  /** Somebody started the node: ends before do not count. */
  forget(): void {
    this.#endsInARow = 0
  }

  nodeIsReady(): void {
    this.#readySinceMs = performance.now()
  }

  /** @returns how long to wait for the next start, in ms */
  nodeEnded(): number {
    const { windowMs } = this.#limits
    if (this.#readySinceMs !== undefined && performance.now() - this.#readySinceMs >= windowMs) this.#endsInARow = 0
    this.#readySinceMs = undefined
    this.#endsInARow += 1
    return restartDelayMs(this.#endsInARow, this.#limits)
  }

  /** Waits for the next start and counts it. @throws AbortError */
  async wait(delayMs: number, signal: AbortSignal): Promise<void> {
    this.#nextAt = new Date(Date.now() + delayMs)
    try {
      await delay(delayMs, undefined, { signal })
      this.#count += 1
    } finally {
      this.#nextAt = undefined
    }
  }
}
