import { DeadlineError } from '../errors.ts'

/** The end of a call: its time is over, or its caller has lost interest. */
export class Deadline {
  readonly #endsAtMs: number
  readonly #timeoutMs: number
  readonly #caller: AbortSignal | undefined

  /** @param caller  its reason is what the call throws */
  constructor(timeoutMs: number, caller: AbortSignal | undefined) {
    this.#timeoutMs = timeoutMs
    this.#endsAtMs = performance.now() + timeoutMs
    this.#caller = caller
  }

  get leftMs(): number {
    return Math.max(0, this.#endsAtMs - performance.now())
  }

  /** For one attempt: the call's own end, or earlier. */
  signal(attemptTimeoutMs: number): AbortSignal {
    const end = AbortSignal.timeout(Math.ceil(Math.min(attemptTimeoutMs, this.leftMs)))
    return this.#caller === undefined ? end : AbortSignal.any([end, this.#caller])
  }

  /** @throws the caller's reason when it has lost interest · DeadlineError when the time is over */
  check(cause?: unknown): void {
    this.#caller?.throwIfAborted()
    if (this.leftMs === 0) throw this.over(cause)
  }

  over(cause?: unknown): DeadlineError {
    return new DeadlineError(`no end after ${this.#timeoutMs} ms`, { cause })
  }

  /**
   * Waits, if there is time for it.
   *
   * @throws what `check` throws; at once when the wait would go past the end
   */
  async wait(ms: number, cause: unknown): Promise<void> {
    this.check(cause)
    if (ms >= this.leftMs) throw this.over(cause)
    const caller = this.#caller
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        caller?.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      caller?.addEventListener('abort', done)
    })
    this.check(cause)
  }
}
