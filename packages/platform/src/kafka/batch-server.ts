/**
 * Nest's transport for handlers that take whole batches. (Nest's own Kafka server hands over one message at a time, and
 * retries every exception: a poison message would block its partition.)
 *
 *     kafkajs fetch ─▶ BatchLane ─▶ @MessagePattern(topic) handler ─▶ OffsetCommitter
 *
 * A consumer whose connection looks healthy can still be wedged, so that health is judged by progress: fetches that come
 * back, also empty ones, and batches that end. One that makes none for twenty seconds is replaced by a new one, and so
 * is one that could not connect: for as long as Kafka is away, there is a consumer that tries.
 */
import { setTimeout as delay } from 'node:timers/promises'
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
  /** Bytes of a batch's messages, or one larger message. */
  readonly maxBytes: number
  /** Batches that the handler may have in hand at once, of different partitions. */
  readonly concurrency: number
  readonly lingerMs: number
  /** Where several servers of a process take the same topic: the handlers whose pattern names it are this one's. */
  readonly transportId?: symbol
  /** A fetch waits for so many bytes: for who is in no hurry. 1 by default. */
  readonly minFetchBytes?: number
  /** And no longer than this. Half a second by default. */
  readonly maxFetchWaitMs?: number
  /** Not ready while a batch is in hand for longer. Where it is absent, the handler says itself how it gets on. */
  readonly maxBatchMs?: number
  readonly logger: Logger
}

/** Long polls return as soon as there is a message; this is how long an idle one takes. */
const FETCH_WAIT_MS = 500
/** Bounds what one fetch holds in memory: about 500 commands a partition. */
const MAX_BYTES_PER_PARTITION = 262_144
const MAX_BYTES_PER_FETCH = 4_194_304
/** A killed worker's partitions stand still for this long: its payments are queued meanwhile. */
const SESSION_TIMEOUT_MS = 6_000
const REBALANCE_TIMEOUT_MS = 10_000
const HEARTBEAT_INTERVAL_MS = 1_500
/** No fetch came back, and no batch was in hand, for this long: the consumer is wedged. */
const STALLED_AFTER_MS = 20_000
const WATCH_EVERY_MS = 2_000
/** A wedged consumer may not even disconnect. */
const DISCONNECT_TIMEOUT_MS = 5_000

/** One member of one group on one topic. */
export class BatchServer extends Server implements CustomTransportStrategy {
  readonly #options: BatchServerOptions
  readonly #lane: BatchLane
  readonly #committer: OffsetCommitter
  #consumer: Consumer
  #watch: NodeJS.Timeout | undefined
  #progressAtMs = performance.now()
  /** When the last batch was done with, or when there was none to do. */
  #handledAtMs = performance.now()
  #isJoined = false
  #isReplacing = false
  #isStopping = false

  constructor(options: BatchServerOptions) {
    super()
    this.#options = options
    const { topic, logger, transportId } = options
    if (transportId !== undefined) this.transportId = transportId
    this.#consumer = this.#createConsumer()
    this.#committer = new OffsetCommitter(
      (offsets) => this.#consumer.commitOffsets(offsets.map((offset) => ({ topic, ...offset }))),
      logger,
    )
    this.#lane = new BatchLane({
      topic,
      maxMessages: options.maxMessages,
      maxBytes: options.maxBytes,
      concurrency: options.concurrency,
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
      if (!this.#isJoined) return 'not a member of the consumer group'
      const { maxBatchMs = Infinity } = this.#options
      const busyMs = this.#lane.isBusy ? performance.now() - this.#handledAtMs : 0
      if (busyMs > maxBatchMs) return `a batch is in hand for ${Math.round(busyMs / 1000)} s`
      const idleMs = this.#idleMs()
      return idleMs > STALLED_AFTER_MS ? `no progress for ${Math.round(idleMs / 1000)} s` : undefined
    },
  }

  /** Batches that are handled and not published yet. */
  get unpublished(): number {
    return this.#committer.depth
  }

  /** Starts to consume, in the background and for as long as it takes to connect: {@link readiness} tells. */
  override listen(callback: () => void): void {
    this.#watch = setInterval(() => {
      if (this.#idleMs() > STALLED_AFTER_MS) void this.#replace(new Error('the consumer makes no progress'))
    }, WATCH_EVERY_MS)
    void this.#consume(this.#consumer)
    callback()
  }

  /** Finishes or abandons the batches in hand, commits what is published, and leaves the group. */
  override async close(): Promise<void> {
    if (this.#isStopping) return
    this.#isStopping = true
    clearInterval(this.#watch)
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

  #createConsumer(): Consumer {
    const { kafka, groupId, topic, minFetchBytes = 1, maxFetchWaitMs = FETCH_WAIT_MS, logger } = this.#options
    const consumer = kafka.consumer({
      groupId,
      sessionTimeout: SESSION_TIMEOUT_MS,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_INTERVAL_MS,
      minBytes: minFetchBytes,
      maxWaitTimeInMs: maxFetchWaitMs,
      maxBytesPerPartition: MAX_BYTES_PER_PARTITION,
      maxBytes: MAX_BYTES_PER_FETCH,
      // A crashed consumer is replaced here, whatever it crashed of.
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 5, restartOnFailure: () => Promise.resolve(false) },
    })
    consumer.on(consumer.events.FETCH, () => {
      this.#progressAtMs = performance.now()
    })
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      this.#isJoined = true
      this.#progressAtMs = performance.now()
      this.#committer.reset()
      logger.info({ partitions: payload.memberAssignment[topic] ?? [] }, 'joined the group')
    })
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (consumer === this.#consumer) void this.#replace(payload.error)
    })
    return consumer
  }

  async #consume(consumer: Consumer): Promise<void> {
    const { topic, partitions } = this.#options
    try {
      await consumer.connect()
      await consumer.subscribe({ topics: [topic], fromBeginning: true })
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: partitions,
        eachBatch: (payload) => this.#lane.add(payload),
      })
    } catch (error) {
      void this.#replace(error)
    }
  }

  /** One at a time, and not before the old one has had its time to leave. */
  async #replace(cause: unknown): Promise<void> {
    if (this.#isReplacing || this.#isStopping) return
    this.#isReplacing = true
    this.#isJoined = false
    this.#options.logger.error({ err: cause }, 'the consumer failed, and is replaced')
    const old = this.#consumer
    await Promise.race([
      old.disconnect().catch(() => undefined),
      delay(DISCONNECT_TIMEOUT_MS, undefined, { ref: false }),
    ])
    this.#progressAtMs = performance.now()
    this.#isReplacing = false
    // Stopped meanwhile: close() has disconnected the one that was there.
    if (this.#isStopping as boolean) return
    this.#consumer = this.#createConsumer()
    await this.#consume(this.#consumer)
  }

  /** Time without a sign of progress. A batch in hand is watched by its handler. */
  #idleMs(): number {
    return this.#lane.isBusy ? 0 : performance.now() - this.#progressAtMs
  }

  async #handle(batch: MessageBatch): Promise<BatchVerdict> {
    const handler = this.getHandlerByPattern(batch.topic)
    if (handler === null) throw new Error(`no handler for ${batch.topic}`)
    this.#handledAtMs = performance.now()
    return (await lastValueFrom(this.transformToObservable(await handler(batch)))) as BatchVerdict
  }

  async #onHandled(slices: readonly PartitionSlice[], published: Promise<void>): Promise<void> {
    this.#progressAtMs = performance.now()
    await this.#committer.add(slices, published)
  }
}
