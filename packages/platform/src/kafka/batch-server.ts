/**
 * Nest's transport for handlers that take whole batches. (Nest's own Kafka server hands over one message at a time, and
 * retries every exception: a poison message would block its partition.)
 *
 *     kafkajs fetch ─▶ BatchLane ─▶ @MessagePattern(topic) handler ─▶ OffsetCommitter
 *
 * A process whose connection looks healthy can still be wedged, so that health is judged by progress: fetches that come
 * back, and batches that end.
 */
import { Server, type CustomTransportStrategy } from '@nestjs/microservices'
import type { Consumer, Kafka } from 'kafkajs'
import { lastValueFrom } from 'rxjs'
import type { ReadinessCheck } from '../http/readiness.ts'
import type { Logger } from '../logging.ts'
import { BatchLane } from './batch-lane.ts'
import type { BatchVerdict, MessageBatch, PartitionSlice } from './message-batch.ts'
import { OffsetCommitter } from './offset-committer.ts'

export interface BatchServerOptions {
  readonly kafka: Kafka
  readonly groupId: string
  readonly topic: string
  /** Partitions of the topic, at least: all that one fetch may bring are merged. */
  readonly partitions: number
  readonly maxMessages: number
  readonly lingerMs: number
  readonly logger: Logger
}

/** Long polls return as soon as there is a message; this is how long an idle one takes. */
const FETCH_WAIT_MS = 500
/** Bounds what one fetch holds in memory: about 500 commands a partition. */
const MAX_BYTES_PER_PARTITION = 262_144
const MAX_BYTES_PER_FETCH = 4_194_304
const SESSION_TIMEOUT_MS = 15_000
const REBALANCE_TIMEOUT_MS = 30_000
const HEARTBEAT_INTERVAL_MS = 3_000
/** No fetch came back, and no batch ended, for this long: something is wedged. */
const STALLED_AFTER_MS = 20_000

/** One consumer of one group on one topic. */
export class BatchServer extends Server implements CustomTransportStrategy {
  readonly #options: BatchServerOptions
  readonly #consumer: Consumer
  readonly #lane: BatchLane
  readonly #committer: OffsetCommitter
  #progressAtMs = performance.now()
  #isJoined = false
  #isStopping = false

  constructor(options: BatchServerOptions) {
    super()
    this.#options = options
    this.#consumer = options.kafka.consumer({
      groupId: options.groupId,
      sessionTimeout: SESSION_TIMEOUT_MS,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_INTERVAL_MS,
      minBytes: 1,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      maxBytesPerPartition: MAX_BYTES_PER_PARTITION,
      maxBytes: MAX_BYTES_PER_FETCH,
      // A crashed consumer starts again, whatever it crashed of, until the process is told to stop.
      retry: {
        initialRetryTime: 100,
        maxRetryTime: 5_000,
        retries: 10,
        restartOnFailure: () => Promise.resolve(!this.#isStopping),
      },
    })
    const { topic, logger } = options
    this.#committer = new OffsetCommitter(
      (offsets) => this.#consumer.commitOffsets(offsets.map((offset) => ({ topic, ...offset }))),
      logger,
    )
    this.#lane = new BatchLane({
      topic,
      maxMessages: options.maxMessages,
      lingerMs: options.lingerMs,
      handle: (batch) => this.#handle(batch),
      onHandled: (slices, published) => this.#onHandled(slices, published),
      seek: (partition, offset) => {
        logger.warn({ topic, partition, offset }, 'reading again from the ledger’s offset')
        this.#consumer.seek({ topic, partition, offset: String(offset) })
      },
    })
  }

  /** Ready when the consumer is a member of its group and makes progress. */
  readonly readiness: ReadinessCheck = {
    name: 'intake',
    reason: () => {
      if (!this.#isJoined) return 'not a member of the consumer group yet'
      const idleMs = performance.now() - this.#progressAtMs
      return idleMs > STALLED_AFTER_MS ? `no progress for ${Math.round(idleMs / 1000)} s` : undefined
    },
  }

  /** Batches that are handled and not published yet. */
  get unpublished(): number {
    return this.#committer.depth
  }

  override async listen(callback: (error?: Error) => void): Promise<void> {
    const { topic, logger } = this.#options
    try {
      this.#watch()
      await this.#consumer.connect()
      await this.#consumer.subscribe({ topics: [topic], fromBeginning: true })
      await this.#consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: this.#options.partitions,
        eachBatch: (payload) => this.#lane.add(payload),
      })
      callback()
    } catch (error) {
      logger.error({ err: error }, 'could not start the consumer')
      callback(error instanceof Error ? error : new Error('could not start the consumer'))
    }
  }

  /** Finishes or abandons the batch in hand, commits what is published, and leaves the group. */
  override async close(): Promise<void> {
    if (this.#isStopping) return
    this.#isStopping = true
    await this.#lane.stop()
    await this.#committer.stop()
    await this.#consumer.disconnect()
  }

  override on(): void {
    throw new Error('the transport has no events of its own')
  }

  override unwrap(): never {
    throw new Error('the consumer is the transport’s own')
  }

  #watch(): void {
    const { events } = this.#consumer
    this.#consumer.on(events.FETCH, () => {
      this.#progressAtMs = performance.now()
    })
    this.#consumer.on(events.GROUP_JOIN, ({ payload }) => {
      this.#isJoined = true
      this.#progressAtMs = performance.now()
      this.#committer.reset()
      this.#options.logger.info({ partitions: payload.memberAssignment[this.#options.topic] ?? [] }, 'joined the group')
    })
    this.#consumer.on(events.CRASH, ({ payload }) => {
      this.#isJoined = false
      this.#options.logger.error({ err: payload.error, restart: payload.restart }, 'the consumer crashed')
    })
  }

  async #handle(batch: MessageBatch): Promise<BatchVerdict> {
    const handler = this.getHandlerByPattern(batch.topic)
    if (handler === null) throw new Error(`no handler for ${batch.topic}`)
    return (await lastValueFrom(this.transformToObservable(await handler(batch)))) as BatchVerdict
  }

  async #onHandled(slices: readonly PartitionSlice[], published: Promise<void>): Promise<void> {
    this.#progressAtMs = performance.now()
    await this.#committer.add(slices, published)
  }
}
