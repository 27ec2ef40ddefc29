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

/** A batch that is being posted. */
export interface WatchedBatch {
  /** A try failed, and is to be followed by another. */
  failed(error: unknown): void
}

interface InHand extends WatchedBatch {
  readonly startedAtMs: number
  lastError: string | undefined
}

export class PostingWatch {
  readonly #logger: Logger
  /** In the order of their start. */
  readonly #inHand = new Set<InHand>()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  readonly readiness: ReadinessCheck = {
    name: 'posting',
    reason: () => {
      const [oldest] = this.#inHand
      const waitedMs = oldest === undefined ? 0 : performance.now() - oldest.startedAtMs
      if (waitedMs < SLOW_AFTER_MS) return undefined
      const cause =
        oldest?.lastError ?? 'the commit waits for a standby (synchronous_standby_names), or for the primary’s disk'
      return `a batch has not been posted for ${Math.round(waitedMs / 1000)} s: ${cause}; payments stay queued`
    },
  }

  /** Watches one batch, tries and all. */
  async during<T>(post: (batch: WatchedBatch) => Promise<T>): Promise<T> {
    const batch: InHand = {
      startedAtMs: performance.now(),
      lastError: undefined,
      failed(error) {
        this.lastError = error instanceof Error ? error.message : undefined
      },
    }
    this.#inHand.add(batch)
    const report = setInterval(() => {
      this.#logger.error(this.readiness.reason() ?? '')
    }, SLOW_AFTER_MS)
    try {
      return await post(batch)
    } finally {
      clearInterval(report)
      this.#inHand.delete(batch)
    }
  }
}
