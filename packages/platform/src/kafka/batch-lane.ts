/**
 * Merges what a fetch brought of several partitions into whole batches.
 *
 * kafkajs hands over the batches of one fetch partition by partition, all in the same turn of the event loop, and fetches
 * again when all of them are done. The lane collects them, cuts them into batches of bounded length and size, and
 * gives them to the handler: twelve partitions with two messages each are one transaction, not twelve. When more waits
 * than one batch holds, a second batch, of other partitions, is in hand beside the first: one computes while the other
 * waits for its answers. Order within a partition is kept.
 *
 *     waiting ──take──▶ handling ──▶ handled: position moves on, offsets are committed when published
 *        ▲                  ├──────▶ rewind: the partitions are sought back, the others wait again
 *        └──────────────────┘──────▶ abandoned: the partitions' positions stay; they are fetched again by their next owner
 *
 * Under load the lane takes its time: before it lets kafkajs fetch again it waits up to the linger, so that the next
 * fetch brings more. A message that comes after a pause never waits.
 */
import type { EachBatchPayload, KafkaMessage } from 'kafkajs'
import { AdaptiveLinger } from './linger.ts'
import type { BatchVerdict, MessageBatch, PartitionSlice } from './message-batch.ts'

export interface BatchLaneOptions {
  readonly topic: string
  /** A batch holds at most this many messages. */
  readonly maxMessages: number
  /** And of their values at most this many bytes, or one larger message: one may be a request of hundreds. */
  readonly maxBytes: number
  /** Batches in hand at once. No two of them hold the same partition. */
  readonly concurrency: number
  /** The longest wait before the next fetch, in milliseconds. */
  readonly lingerMs: number
  readonly handle: (batch: MessageBatch) => Promise<BatchVerdict>
  /** Called when a batch was handled; for each partition in the order of its log. */
  readonly onHandled: (slices: readonly PartitionSlice[], published: Promise<void>) => Promise<void>
  readonly seek: (partition: number, offset: number) => void
}

/** The parts of kafkajs's payload that the lane uses. */
export type LanePayload = Pick<EachBatchPayload, 'batch' | 'resolveOffset' | 'heartbeat' | 'isRunning' | 'isStale'>

interface Waiting {
  readonly payload: LanePayload
  readonly partition: number
  /** Index of the first message that is not handled yet. */
  at: number
  isInHand: boolean
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Keeps the group's membership while a batch takes long. kafkajs itself beats at most once per its interval. */
const HEARTBEAT_MS = 1000

interface Taken {
  readonly slices: readonly PartitionSlice[]
  readonly items: readonly Waiting[]
}

/** One lane of one consumer. */
export class BatchLane {
  readonly #options: BatchLaneOptions
  readonly #linger: AdaptiveLinger
  readonly #stop = new AbortController()
  readonly #inHand = new Set<Promise<void>>()
  #waiting: Waiting[] = []
  #isScheduled = false

  constructor(options: BatchLaneOptions) {
    this.#options = options
    this.#linger = new AdaptiveLinger(options.lingerMs)
  }

  /** Whether a batch is in hand or waits. */
  get isBusy(): boolean {
    return this.#waiting.length > 0
  }

  /** Resolves when all of the partition's messages are handled or given up; rejects to make kafkajs join the group again. */
  add(payload: LanePayload): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ payload, partition: payload.batch.partition, at: 0, isInHand: false, resolve, reject })
      if (this.#isScheduled) return
      this.#isScheduled = true
      // The other partitions of the same fetch arrive in this turn.
      setImmediate(() => {
        this.#isScheduled = false
        this.#fill()
      })
    })
  }

  /** Gives up what waits, lets the batches in hand finish, or abandons them when they cannot. Resolves when nothing runs. */
  async stop(): Promise<void> {
    this.#stop.abort()
    this.#fill()
    await Promise.all(this.#inHand)
  }

  /** Takes batches in hand, as many as there may be. */
  #fill(): void {
    this.#dropLost()
    while (this.#inHand.size < this.#options.concurrency) {
      const taken = this.#take()
      if (taken === undefined) return
      const handling = this.#handleTaken(taken).finally(() => {
        this.#inHand.delete(handling)
        this.#fill()
      })
      this.#inHand.add(handling)
    }
  }

  async #handleTaken({ slices, items }: Taken): Promise<void> {
    for (const item of items) item.isInHand = true
    try {
      await this.#handle(slices, items)
    } catch (error) {
      // Not a verdict but a defect or a broken consumer: kafkajs backs off and fetches the partitions again.
      this.#remove(items, (item) => {
        item.reject(error)
      })
    } finally {
      for (const item of items) item.isInHand = false
    }
  }

  /** Partitions that are no longer ours, or all of them when stopping: let kafkajs go on without moving their positions. */
  #dropLost(): void {
    const isLost = ({ payload, isInHand }: Waiting): boolean =>
      !isInHand && (this.#stop.signal.aborted || !payload.isRunning() || payload.isStale())
    this.#remove(this.#waiting.filter(isLost), (waiting) => {
      waiting.resolve()
    })
  }

  /** The next batch, or undefined when all that waits is in hand. */
  #take(): Taken | undefined {
    const slices: PartitionSlice[] = []
    const items: Waiting[] = []
    const busy = new Set(this.#waiting.filter((item) => item.isInHand).map((item) => item.partition))
    let room: Room = { messages: this.#options.maxMessages, bytes: this.#options.maxBytes, isFirst: true }
    for (const item of this.#waiting) {
      if (busy.has(item.partition)) continue
      const messages = fittingFrom(item.payload.batch.messages, item.at, room)
      if (messages.length === 0) continue
      room = without(room, messages)
      busy.add(item.partition)
      slices.push(toSlice(item.partition, messages))
      items.push(item)
    }
    return items.length === 0 ? undefined : { slices, items }
  }

  async #handle(slices: readonly PartitionSlice[], items: readonly Waiting[]): Promise<void> {
    const startedAtMs = performance.now()
    const { verdict, lost } = await this.#ask(slices, items)
    if (lost !== undefined) {
      this.#remove(items, (item) => {
        item.reject(lost)
      })
      return
    }
    switch (verdict.kind) {
      case 'handled':
        await this.#options.onHandled(slices, verdict.published)
        await this.#moveOn(slices, items, startedAtMs)
        return
      case 'rewind':
        for (const [partition, offset] of verdict.offsets) this.#options.seek(partition, offset)
        this.#remove(
          items.filter((item) => verdict.offsets.has(item.partition)),
          (item) => {
            item.resolve()
          },
        )
        return
      case 'abandoned':
        this.#remove(items, (item) => {
          item.resolve()
        })
    }
  }

  /** The handler's verdict; `lost` when the group is no longer as it was, so that kafkajs must join again. */
  async #ask(
    slices: readonly PartitionSlice[],
    items: readonly Waiting[],
  ): Promise<{ verdict: BatchVerdict; lost?: Error }> {
    const lost = new AbortController()
    let cause: Error | undefined
    const beat = setInterval(() => {
      items[0]?.payload.heartbeat().catch((error: unknown) => {
        cause = error instanceof Error ? error : new Error('lost the group')
        lost.abort()
      })
    }, HEARTBEAT_MS)
    try {
      const signal = AbortSignal.any([this.#stop.signal, lost.signal])
      const verdict = await this.#options.handle({ topic: this.#options.topic, slices, signal })
      // Handled all the same: the effects are durable, and the group's error comes again with the next heartbeat.
      return verdict.kind !== 'handled' && cause !== undefined ? { verdict, lost: cause } : { verdict }
    } finally {
      clearInterval(beat)
    }
  }

  async #moveOn(slices: readonly PartitionSlice[], items: readonly Waiting[], startedAtMs: number): Promise<void> {
    let size = 0
    items.forEach((item, index) => {
      const slice = slices[index]
      if (slice === undefined) return
      size += slice.messages.length
      item.at += slice.messages.length
      item.payload.resolveOffset(String(slice.nextOffset - 1))
    })
    const now = performance.now()
    this.#linger.arrived(now, size)
    this.#linger.sent(size)
    const done = items.filter((item) => item.at === item.payload.batch.messages.length)
    const isLast = done.length === this.#waiting.length
    if (isLast && size < this.#options.maxMessages)
      await this.#pause(startedAtMs + this.#linger.ms(now) - performance.now())
    this.#remove(done, (item) => {
      item.resolve()
    })
  }

  #remove(items: readonly Waiting[], settle: (item: Waiting) => void): void {
    this.#waiting = this.#waiting.filter((item) => !items.includes(item))
    items.forEach(settle)
  }

  /** Waits, unless the lane stops. */
  #pause(ms: number): Promise<void> {
    if (ms <= 0 || this.#stop.signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(finish, ms)
      const { signal } = this.#stop
      function finish(): void {
        clearTimeout(timer)
        signal.removeEventListener('abort', finish)
        resolve()
      }
      signal.addEventListener('abort', finish)
    })
  }
}

/** What a batch can still take. The first message fits always. */
interface Room {
  readonly messages: number
  readonly bytes: number
  readonly isFirst: boolean
}

const bytesOf = ({ value }: KafkaMessage): number => value?.length ?? 0

/** The messages from `at` on that there is room for. */
function fittingFrom(messages: readonly KafkaMessage[], at: number, room: Room): readonly KafkaMessage[] {
  let bytes = 0
  const most = messages.slice(at, at + room.messages)
  const tooMuch = most.findIndex((message, index) => {
    bytes += bytesOf(message)
    return bytes > room.bytes && !(room.isFirst && index === 0)
  })
  return tooMuch === -1 ? most : most.slice(0, tooMuch)
}

const without = ({ messages, bytes }: Room, taken: readonly KafkaMessage[]): Room => ({
  messages: messages - taken.length,
  bytes: taken.reduce((left, message) => left - bytesOf(message), bytes),
  isFirst: false,
})

function toSlice(partition: number, messages: readonly KafkaMessage[]): PartitionSlice {
  return {
    partition,
    messages,
    firstOffset: Number(messages[0]?.offset),
    nextOffset: Number(messages.at(-1)?.offset) + 1,
  }
}
