/**
 * A producer that gathers messages into batches: kafkajs has no linger of its own, and one message a request costs
 * 185–319 µs of CPU here and four times the broker's, against 9–19 µs in batches (docs/adr/0003-coalescing-producer.md).
 *
 * A message is *queued*, then *in flight*, and ends in one of two ways: `send` resolves when all in-sync replicas have
 * it, or rejects. The producer itself is in one of three states:
 *
 *     connecting ──connected──▶ connected ──a send or probe failed──▶ connecting
 *         └────────────────────────┴──────stop()──────▶ stopped
 *
 * - **connected.** A batch leaves when a place in flight is free and it is full, or its linger is over. The linger is
 *   zero when idle and grows with the load (linger.ts). Even then a batch leaves at the end of the event loop's turn, so
 *   that requests read in one turn share it.
 * - **connecting.** Messages wait in the queue (outgoing-queue.ts). What failed in flight returns to the queue's head, so
 *   that a broker's restart costs time and no answer. A connection is tried for ever (kept-connection.ts); past the
 *   acknowledgement timeout new messages are refused at once instead of being kept waiting for nothing.
 * - **stopped.** What was taken is still sent; nothing new is taken.
 *
 * Bounds: messages and bytes in the queue, messages and bytes a batch, batches in flight, time from `send` to its end.
 *
 * Order: one batch in flight (the default) keeps the order of `send` for each key, also over retries. With more, a retry
 * may overtake. Nothing depends on it: a caller who needs an order waits for the first answer.
 *
 * Duplicates: a message whose `send` rejected may be in the log, and one that was sent again may be there twice. The
 * ledger drops repeated ids.
 */
import { ProblemError } from '../problem-error.ts'
import type { Logger } from '../logging.ts'
import { KeptConnection } from './kept-connection.ts'
import { AdaptiveLinger } from './linger.ts'
import { OutgoingQueue, type Outgoing } from './outgoing-queue.ts'
import type { ProducerMetrics } from './producer-metrics.ts'
import type { OutgoingMessage, TopicConnection } from './topic-connection.ts'

export interface CoalescingProducerOptions {
  readonly connect: () => Promise<TopicConnection>
  readonly logger: Logger
  readonly metrics: ProducerMetrics
  readonly maxLingerMs: number
  /** From `send` to its end; a batch in flight may be acknowledged later still, after its callers were refused. */
  readonly ackTimeoutMs: number
  readonly maxQueuedMessages: number
  readonly maxQueuedBytes: number
  readonly maxInFlight: number
}

/** Key, headers and framing of a message, at most. */
const MESSAGE_OVERHEAD_BYTES = 500
const SWEEP_INTERVAL_MS = 100

export class CoalescingProducer {
  readonly #options: CoalescingProducerOptions
  readonly #linger: AdaptiveLinger
  readonly #link: KeptConnection
  readonly #queue = new OutgoingQueue()
  /** Batches in flight, oldest first, with the time at which each left. */
  readonly #inFlight = new Map<readonly Outgoing[], number>()
  #stopped = false
  #turn: NodeJS.Immediate | undefined
  #timer: NodeJS.Timeout | undefined
  #sweeper: NodeJS.Timeout | undefined

  constructor(options: CoalescingProducerOptions) {
    this.#options = options
    this.#linger = new AdaptiveLinger(options.maxLingerMs)
    this.#link = new KeptConnection({
      connect: options.connect,
      logger: options.logger,
      onConnected: (nowMs) => {
        this.#schedule(nowMs)
      },
    })
    options.metrics.observe({
      queuedMessages: () => this.#queue.length,
      queuedBytes: () => this.#queue.bytes,
      lingerMs: () => this.#linger.ms(performance.now()),
      connected: () => this.#link.current !== undefined,
    })
  }

  /** Begins to connect, in the background and for as long as it takes. */
  start(): void {
    this.#sweeper = setInterval(() => {
      this.#sweep(performance.now())
    }, SWEEP_INTERVAL_MS)
    this.#link.start()
  }

  /**
   * Resolves when all in-sync replicas have the message.
   *
   * @throws ProblemError `overloaded` (503) when the queue is full · `unavailable` (503) when Kafka is away, or did not
   * acknowledge in time: the message may be in the log all the same
   */
  send(message: OutgoingMessage): Promise<void> {
    const nowMs = performance.now()
    const bytes = Buffer.byteLength(message.value) + MESSAGE_OVERHEAD_BYTES
    const refusal = this.#refusal(bytes, nowMs)
    if (refusal !== undefined) {
      this.#options.metrics.refused(refusal.code)
      return Promise.reject(refusal)
    }
    this.#linger.arrived(nowMs)
    return new Promise((resolve, reject) => {
      this.#queue.push({ message, bytes, queuedAtMs: nowMs, resolve, reject, ended: false })
      this.#schedule(nowMs)
    })
  }

  /** Why this producer cannot take messages now; undefined when it can. */
  reason(): string | undefined {
    const nowMs = performance.now()
    if (this.#stopped) return 'stopped'
    if (this.#link.current === undefined) return 'kafka is away'
    if (this.#silentForMs(nowMs) > this.#options.ackTimeoutMs / 2) return 'kafka does not acknowledge'
    if (this.#link.hasJustFailed(nowMs)) return 'the last send failed'
    if (this.#isFull(0)) return 'the queue is full'
    return undefined
  }

  /** Sends what was taken, at most until the acknowledgement timeout, and closes. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#link.giveUp()
    const deadlineMs = performance.now() + this.#options.ackTimeoutMs
    while ((this.#queue.length > 0 || this.#inFlight.size > 0) && performance.now() < deadlineMs) {
      this.#flush()
      await sleep(5)
    }
    clearInterval(this.#sweeper)
    clearTimeout(this.#timer)
    clearImmediate(this.#turn)
    this.#end(this.#queue.takeAll(), unavailable('The service stopped before Kafka had the command.'))
    await this.#link.close()
  }

  #refusal(bytes: number, nowMs: number): ProblemError | undefined {
    if (this.#stopped) return unavailable('The service is stopping.')
    if (this.#silentForMs(nowMs) > this.#options.ackTimeoutMs) return unavailable('The log of commands is away.')
    if (this.#isFull(bytes)) return new ProblemError('overloaded', 'The queue of commands is full.')
    return undefined
  }

  /** How long nothing has been able to leave: without a connection, or with every place in flight taken. */
  #silentForMs(nowMs: number): number {
    if (this.#link.current === undefined) return this.#link.awayForMs(nowMs)
    const oldest = this.#inFlight.values().next()
    return oldest.done === true || this.#canSend() ? 0 : nowMs - oldest.value
  }

  #isFull(bytes: number): boolean {
    const { maxQueuedMessages, maxQueuedBytes } = this.#options
    return this.#queue.length >= maxQueuedMessages || this.#queue.bytes + bytes > maxQueuedBytes
  }

  /** Decides when the next batch leaves: at the end of this turn, when its linger is over, or when a place is free. */
  #schedule(nowMs: number): void {
    const { oldest } = this.#queue
    if (oldest === undefined || !this.#canSend() || this.#turn !== undefined) return
    const waitMs = this.#queue.hasFullBatch ? 0 : this.#linger.dueMs(nowMs, oldest.queuedAtMs) - nowMs
    if (waitMs < 1) {
      clearTimeout(this.#timer)
      this.#timer = undefined
      this.#turn = setImmediate(() => {
        this.#turn = undefined
        this.#flush()
      })
    } else {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined
        this.#schedule(performance.now())
      }, waitMs)
    }
  }

  #canSend(): boolean {
    return this.#link.current !== undefined && this.#inFlight.size < this.#options.maxInFlight
  }

  #flush(): void {
    const connection = this.#link.current
    if (connection === undefined || !this.#canSend()) return
    const batch = this.#queue.takeBatch()
    if (batch.length === 0) return
    const startedAtMs = performance.now()
    this.#inFlight.set(batch, startedAtMs)
    this.#linger.sent(batch.length)
    connection.send(batch.map((entry) => entry.message)).then(
      () => {
        this.#acknowledged(batch, startedAtMs)
      },
      (error: unknown) => {
        this.#failed(connection, batch, error)
      },
    )
    this.#schedule(startedAtMs)
  }

  #acknowledged(batch: readonly Outgoing[], startedAtMs: number): void {
    const nowMs = performance.now()
    this.#inFlight.delete(batch)
    this.#link.acknowledged(nowMs)
    let late = 0
    for (const entry of batch) {
      if (entry.ended) late++
      else entry.resolve()
    }
    this.#options.metrics.acknowledged(batch.length, nowMs - startedAtMs, late)
    this.#schedule(nowMs)
  }

  #failed(connection: TopicConnection, batch: readonly Outgoing[], error: unknown): void {
    this.#inFlight.delete(batch)
    this.#queue.putBack(batch.filter((entry) => !entry.ended))
    this.#options.metrics.sendFailed()
    this.#link.replace(connection, error)
  }

  /** Ends what has waited too long, and asks an idle connection for a sign of life. */
  #sweep(nowMs: number): void {
    const sinceMs = nowMs - this.#options.ackTimeoutMs
    const late = (batch: readonly Outgoing[]): Outgoing[] =>
      batch.filter((entry) => !entry.ended && entry.queuedAtMs < sinceMs)
    const overdue = [...this.#queue.takeOlderThan(sinceMs), ...[...this.#inFlight.keys()].flatMap(late)]
    if (overdue.length > 0) this.#end(overdue, unavailable('Kafka did not acknowledge in time; it is safe to repeat.'))
    if (this.#inFlight.size === 0) void this.#link.probe(nowMs)
  }

  #end(entries: readonly Outgoing[], error: ProblemError): void {
    for (const entry of entries) {
      entry.ended = true
      entry.reject(error)
      this.#options.metrics.refused(error.code)
    }
  }
}

const unavailable = (detail: string): ProblemError => new ProblemError('unavailable', detail, { retryAfterS: 1 })
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
