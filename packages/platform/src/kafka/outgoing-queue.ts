import type { ProblemError } from '../problem-error.ts'
import type { OutgoingMessage } from './topic-connection.ts'

/** 100 a batch costs 10 µs a message, 500 9 µs; more only delays the first. */
export const MAX_BATCH_MESSAGES = 500
/** Below the broker's `message.max.bytes` of 1 MiB, with room for keys, headers and framing. */
const MAX_BATCH_BYTES = 900_000

/** A message between `send` and its end. */
export interface Outgoing {
  readonly message: OutgoingMessage
  readonly bytes: number
  readonly queuedAtMs: number
  readonly resolve: () => void
  readonly reject: (error: ProblemError) => void
  /** Its caller has been told. */
  ended: boolean
}

/** Messages that wait to leave, oldest first, and what they weigh. */
export class OutgoingQueue {
  #entries: Outgoing[] = []
  #bytes = 0

  get length(): number {
    return this.#entries.length
  }

  get bytes(): number {
    return this.#bytes
  }

  get oldest(): Outgoing | undefined {
    return this.#entries[0]
  }

  /** Whether waiting longer cannot make the next batch any larger. */
  get hasFullBatch(): boolean {
    return this.#entries.length >= MAX_BATCH_MESSAGES || this.#bytes >= MAX_BATCH_BYTES
  }

  push(entry: Outgoing): void {
    this.#entries.push(entry)
    this.#bytes += entry.bytes
  }

  /** Returns to the head, in their order, what has left in vain. */
  putBack(entries: readonly Outgoing[]): void {
    this.#entries.unshift(...entries)
    for (const entry of entries) this.#bytes += entry.bytes
  }

  /** The oldest messages, as many as one batch holds. A message larger than that leaves alone. */
  takeBatch(): Outgoing[] {
    let count = 0
    let bytes = 0
    for (const entry of this.#entries) {
      if (count === MAX_BATCH_MESSAGES || (count > 0 && bytes + entry.bytes > MAX_BATCH_BYTES)) break
      count++
      bytes += entry.bytes
    }
    return this.#take(count)
  }

  /** The oldest messages, up to the first that was queued at `sinceMs` or later. */
  takeOlderThan(sinceMs: number): Outgoing[] {
    const firstFresh = this.#entries.findIndex((entry) => entry.queuedAtMs >= sinceMs)
    return this.#take(firstFresh === -1 ? this.#entries.length : firstFresh)
  }

  takeAll(): Outgoing[] {
    return this.#take(this.#entries.length)
  }

  #take(count: number): Outgoing[] {
    const taken = this.#entries.splice(0, count)
    for (const entry of taken) this.#bytes -= entry.bytes
    return taken
  }
}
