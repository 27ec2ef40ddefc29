import { BrokenCircuitError, CircuitState, CountBreaker, circuitBreaker, handleType } from 'cockatiel'
import type { CallResult } from './bank-task.ts'

export interface BankCircuitOptions {
  /** How long it stays open before one request is let through. */
  readonly halfOpenAfterMs: number
  /** Requests that are looked back on, and the share of them that has to fail. */
  readonly size: number
  readonly threshold: number
  /** Told when it opens, and when it is closed again: not of the tries in between. */
  readonly onChange: (isOpen: boolean) => void
}

class BankAway extends Error {
  readonly result: CallResult

  constructor(result: CallResult) {
    super('the bank did not answer')
    this.result = result
  }
}

/** Keeps from asking a bank that does not answer. A refusal or a decline is an answer. */
export class BankCircuit {
  readonly #policy
  readonly #halfOpenAfterMs: number
  #openedAtMs = 0
  #isOpen = false

  constructor({ halfOpenAfterMs, size, threshold, onChange }: BankCircuitOptions) {
    this.#halfOpenAfterMs = halfOpenAfterMs
    this.#policy = circuitBreaker(handleType(BankAway), {
      halfOpenAfter: halfOpenAfterMs,
      breaker: new CountBreaker({ threshold, size, minimumNumberOfCalls: Math.min(size, 10) }),
    })
    this.#policy.onStateChange((state) => {
      if (state === CircuitState.Open) this.#openedAtMs = performance.now()
      const isOpen = state !== CircuitState.Closed
      if (isOpen === this.#isOpen) return
      this.#isOpen = isOpen
      onChange(isOpen)
    })
  }

  /** How many requests may be begun now: one, to try, when it has been open for long enough. */
  get room(): number {
    if (this.#policy.state === CircuitState.Closed) return Number.MAX_SAFE_INTEGER
    if (this.#policy.state === CircuitState.HalfOpen) return 0
    return performance.now() - this.#openedAtMs >= this.#halfOpenAfterMs ? 1 : 0
  }

  /** @param ask  does not reject */
  async run(ask: () => Promise<CallResult>): Promise<CallResult> {
    try {
      return await this.#policy.execute(async () => {
        const result = await ask()
        if (isAway(result)) throw new BankAway(result)
        return result
      })
    } catch (error) {
      if (error instanceof BankAway) return error.result
      if (error instanceof BrokenCircuitError) return { kind: 'not_asked' }
      throw error
    }
  }
}

const isAway = (result: CallResult): boolean =>
  result.kind === 'unknown' || (result.kind === 'not_done' && !result.isReached)
