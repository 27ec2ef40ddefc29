import type { Outcome } from '@paycluster/contracts'

/** One request that waits for the outcome of its command. Opened before the command is sent, closed in any case. */
export interface OutcomeWaiter {
  /** The outcome; undefined when it did not come within `timeoutMs`. */
  outcome(timeoutMs: number): Promise<Outcome | undefined>
  close(): void
}

/**
 * The requests of this instance that wait for outcomes, by the command's id. Several may wait for one id: a client that
 * repeats itself gets the same answer on each connection.
 */
export class OutcomeWaiters {
  readonly #maxWaiters: number
  readonly #waiters = new Map<string, Set<(outcome: Outcome) => void>>()
  #size = 0

  constructor(maxWaiters: number) {
    this.#maxWaiters = maxWaiters
  }

  get size(): number {
    return this.#size
  }

  /** @returns undefined when as many wait as may: the request then does not */
  open(id: string): OutcomeWaiter | undefined {
    if (this.#size >= this.#maxWaiters) return undefined
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    const waiters = this.#waiters.get(id) ?? new Set()
    this.#waiters.set(id, waiters.add(resolve))
    this.#size++
    const close = (): void => {
      if (!waiters.delete(resolve)) return
      this.#size--
      if (waiters.size === 0) this.#waiters.delete(id)
    }
    return { outcome: (timeoutMs) => within(timeoutMs, promise), close }
  }

  /** Hands an outcome to whoever waits for it. */
  deliver(outcome: Outcome): void {
    for (const resolve of this.#waiters.get(outcome.id) ?? []) resolve(outcome)
  }
}

function within<T>(timeoutMs: number, promise: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve(undefined)
    }, timeoutMs)
    void promise.then((value) => {
      clearTimeout(timer)
      resolve(value)
    })
  })
}
