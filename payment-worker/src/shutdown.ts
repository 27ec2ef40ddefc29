import type { BeforeApplicationShutdown, OnApplicationShutdown } from '@nestjs/common'
import type { BatchPublisher } from './publishing/batch-publisher.ts'

export interface ShutdownParts {
  readonly publisher: BatchPublisher
  /** Closes connections; called when nothing uses them any more. */
  readonly close: () => Promise<void>
}

/** What a batch in hand may still take to be published. */
const PUBLISH_GRACE_MS = 5_000

/** The order of a stop around the transport's own: bound the publication first, close the connections last. */
export class Shutdown implements BeforeApplicationShutdown, OnApplicationShutdown {
  readonly #parts: ShutdownParts

  constructor(parts: ShutdownParts) {
    this.#parts = parts
  }

  beforeApplicationShutdown(): void {
    setTimeout(() => {
      this.#parts.publisher.giveUp()
    }, PUBLISH_GRACE_MS).unref()
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#parts.close()
  }
}
