import type { Provider, Type } from '@nestjs/common'
import type { BatchServer } from '@paycluster/platform/kafka/batch-server'

/** With what is let pass for posting, 5 s: longer is a database that does not take it. */
export const MAX_BATCH_MS = 30_000

/** A consumer group of `payment.events`, and what belongs to it. */
export interface Listener {
  readonly server: BatchServer
  readonly controllers: readonly Type[]
  readonly providers: readonly Provider[]
  /** Called when the server consumes. */
  start(): void
  /** Called when it consumes no more. */
  close(): Promise<void>
}
