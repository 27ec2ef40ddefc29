import type { Provider, Type } from '@nestjs/common'
import type { Kafka } from 'kafkajs'
import type { Registry } from 'prom-client'
import type { BatchServer } from '@paycluster/platform/kafka/batch-server'
import type { CoalescingProducer } from '@paycluster/platform/kafka/coalescing-producer'
import type { Logger } from '@paycluster/platform/logging'
import type { ClusterObserver } from './cluster/cluster-observer.ts'
import type { Settings } from './config.ts'
import type { RightOfWay } from './right-of-way.ts'

/** With what is let pass for posting, 5 s: longer is a database that does not take it. */
export const MAX_BATCH_MS = 30_000

/** A module of event-services: as a rule a consumer group of `payment.events`, and what belongs to it. */
export interface Listener {
  /** Absent where it listens to nothing. */
  readonly server?: BatchServer
  readonly controllers: readonly Type[]
  readonly providers: readonly Provider[]
  /** Called when the server consumes. */
  start(): void
  /** Called when it consumes no more. */
  close(): Promise<void>
}

/** What every module is made of. */
export interface ListenerOptions {
  readonly settings: Settings
  readonly kafka: Kafka
  readonly registry: Registry
  readonly rightOfWay: RightOfWay
  /** Closed by whoever made it. */
  readonly observer: ClusterObserver
  /** Of `payment.events`; started and stopped by whoever made it, later than its users. */
  readonly producer: Pick<CoalescingProducer, 'send'>
  readonly logger: Logger
}
