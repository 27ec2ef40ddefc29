/**
 * Says why posting stands still.
 *
 * A commit waits for a standby as long as it takes: to stop waiting would be a silent downgrade of what an answer
 * promises (PostgreSQL has the transaction committed locally by then). So nothing cancels it, and this watch says so in
 * the log and in the readiness.
 */
import type { ReadinessCheck } from '@paycluster/platform/http/readiness'
import type { Logger } from '@paycluster/platform/logging'

const SLOW_AFTER_MS = 5_000

export class PostingWatch {
  readonly #logger: Logger
  #startedAtMs: number | undefined
  #lastError: string | undefined

  constructor(logger: Logger) {
    this.#logger = logger
  }

  readonly readiness: ReadinessCheck = {
    name: 'posting',
    reason: () => {
      const waitedMs = this.#startedAtMs === undefined ? 0 : performance.now() - this.#startedAtMs
      if (waitedMs < SLOW_AFTER_MS) return undefined
      return `a batch has not been posted for ${Math.round(waitedMs / 1000)} s: ${this.#cause()}; payments stay queued`
    },
  }

  /** Watches one batch, tries and all. */
  async during<T>(post: () => Promise<T>): Promise<T> {
    this.#startedAtMs = performance.now()
    this.#lastError = undefined
    const report = setInterval(() => {
      this.#logger.error(this.readiness.reason() ?? '')
    }, SLOW_AFTER_MS)
    try {
      return await post()
    } finally {
      clearInterval(report)
      this.#startedAtMs = undefined
    }
  }

  /** A try failed, and is to be followed by another. */
  failed(error: unknown): void {
    this.#lastError = error instanceof Error ? error.message : undefined
  }

  #cause(): string {
    return this.#lastError ?? 'the commit waits for a standby (synchronous_standby_names), or for the primary’s disk'
  }
}
