import type { Provider, Type } from '@nestjs/common'
import type { BatchServer } from '@paycluster/platform/kafka/batch-server'

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
