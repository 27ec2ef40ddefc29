/**
 * Commits the group's offsets behind the publication of batches.
 *
 * In the order in which batches were handled: an offset is committed when its batch and all before it are published. Not
 * each by itself: a commit costs the broker as much as a batch of messages, and what is committed late is only published
 * again.
 */
import type { Logger } from '../logging.ts'
import type { PartitionSlice } from './message-batch.ts'

const COMMIT_EVERY_MS = 200

/** Handled batches that may wait for their publication; the next one waits for room. */
const MAX_UNPUBLISHED = 4

type Commit = (offsets: readonly { partition: number; offset: string }[]) => Promise<void>

/** The offsets of one group and topic. */
export class OffsetCommitter {
  readonly #commit: Commit
  readonly #logger: Logger
  readonly #timer: NodeJS.Timeout
  readonly #unpublished: Promise<void>[] = []
  #published = new Map<number, number>()
  #order: Promise<void> = Promise.resolve()
  /** Counts assignments: what was handled under an earlier one is not committed under this one. */
  #assignment = 0
  #committing: Promise<void> = Promise.resolve()

  constructor(commit: Commit, logger: Logger) {
    this.#commit = commit
    this.#logger = logger
    this.#timer = setInterval(() => {
      this.#committing = this.#committing.then(() => this.#flush())
    }, COMMIT_EVERY_MS)
  }

  /** Handled batches that are not published yet. */
  get depth(): number {
    return this.#unpublished.length
  }

  /** Takes a handled batch. Resolves when there is room for another one. */
  async add(slices: readonly PartitionSlice[], published: Promise<void>): Promise<void> {
    const assignment = this.#assignment
    const done = Promise.all([this.#order, published]).then(() => {
      if (assignment !== this.#assignment) return
      for (const { partition, nextOffset } of slices) this.#published.set(partition, nextOffset)
    })
    // A batch whose publication was given up holds back all behind it: they are published again by the next owner.
    this.#order = done
    const settled: Promise<void> = done
      .catch(() => undefined)
      .finally(() => this.#unpublished.splice(this.#unpublished.indexOf(settled), 1))
    this.#unpublished.push(settled)
    while (this.#unpublished.length >= MAX_UNPUBLISHED) await this.#unpublished[0]
  }

  /** Forgets the offsets of partitions that are no longer ours, or whose positions were sought back. */
  reset(): void {
    this.#assignment += 1
    this.#published = new Map()
    this.#order = Promise.resolve()
  }

  /** Commits what is published by now, after what is in hand. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.allSettled(this.#unpublished)
    await this.#committing
    await this.#flush()
  }

  async #flush(): Promise<void> {
    if (this.#published.size === 0) return
    const published = this.#published
    this.#published = new Map()
    try {
      await this.#commit([...published].map(([partition, next]) => ({ partition, offset: String(next) })))
    } catch (error) {
      // The group is rebalancing, or Kafka is away. Harmless: the offsets come again with the next batch, or the next
      // owner publishes these once more.
      this.#logger.warn({ err: error }, 'could not commit offsets')
    }
  }
}
