import type { BeforeApplicationShutdown } from '@nestjs/common'
import type { BatchPublisher } from './publishing/batch-publisher.ts'

/** What a batch in hand may still take to be published. */
const PUBLISH_GRACE_MS = 5_000

/** A stop waits for the transport, and that for the batch in hand: its publication is bounded before. */
export class Shutdown implements BeforeApplicationShutdown {
  readonly #publisher: BatchPublisher

  constructor(publisher: BatchPublisher) {
    this.#publisher = publisher
  }

  beforeApplicationShutdown(): void {
    setTimeout(() => {
      this.#publisher.giveUp()
    }, PUBLISH_GRACE_MS).unref()
  }
}
