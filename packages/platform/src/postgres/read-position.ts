/**
 * What a read must reflect, so that it is not older than anything that anybody was served before: the read index
 * (docs/adr/0007-read-index-on-cache-misses.md), or, with the primary away, the highest position that this instance
 * knows of.
 */
import { maxLsn, type Lsn } from '../consistency/lsn.ts'
import type { PrimaryNode } from './primary-node.ts'
import type { ReplicaNode } from './replica-node.ts'
import type { RouterCounts } from './router-counts.ts'

export interface ReadPositionOptions {
  /** Ask the primary for its log position before each batch of misses. */
  readonly readIndex: boolean
  /** How long to wait for the read index before going on without. */
  readonly readIndexTimeoutMs: number
}

/** What a read must reflect. */
export interface ReadPosition {
  readonly lsn: Lsn
  /** When everything up to `lsn` was everything there was, in ms of the epoch; undefined without a read index. */
  readonly asOfMs: number | undefined
}

export class ReadPositions {
  readonly #primary: PrimaryNode
  readonly #replicas: readonly ReplicaNode[]
  readonly #options: ReadPositionOptions
  readonly #counts: RouterCounts
  #servedLsn: Lsn = 0n
  #servedTimeline = 0

  constructor(
    primary: PrimaryNode,
    replicas: readonly ReplicaNode[],
    options: ReadPositionOptions,
    counts: RouterCounts,
  ) {
    this.#primary = primary
    this.#replicas = replicas
    this.#options = options
    this.#counts = counts
  }

  /** The newest timeline that anything trustworthy has shown. */
  get timeline(): number {
    return Math.max(this.#primary.timeline, this.#servedTimeline)
  }

  /** Takes note of a state that this cluster has served: without the primary, nothing older may be served. */
  noteServed(lsn: Lsn, timeline: number): void {
    if (timeline > this.#servedTimeline) {
      this.#servedTimeline = timeline
      this.#servedLsn = 0n
    }
    if (timeline === this.#servedTimeline && lsn > this.#servedLsn) this.#servedLsn = lsn
  }

  /**
   * What a read that starts now must reflect.
   *
   * @throws nothing: without the primary it is the highest position that this instance knows of
   */
  async current(): Promise<ReadPosition> {
    if (!this.#options.readIndex) return { lsn: 0n, asOfMs: undefined }
    try {
      const index = await withTimeout(this.#primary.readIndex(), this.#options.readIndexTimeoutMs)
      this.#counts.readIndexes++
      return { lsn: index.lsn, asOfMs: index.askedAtMs }
    } catch {
      this.#counts.readIndexFailures++
      return { lsn: this.#highestKnownLsn(), asOfMs: undefined }
    }
  }

  /**
   * Without the primary: what was served here, and whatever a replica that can be asked has received. Commits wait for a
   * standby, so that what anybody was told is on one of them; the end of the log that none of them has is out of
   * everybody's reach.
   */
  #highestKnownLsn(): Lsn {
    const { timeline } = this
    const reachable = this.#replicas.filter((replica) => replica.isUp && replica.timeline >= timeline)
    return reachable.map((replica) => replica.receivedLsn).reduce(maxLsn, this.#servedLsn)
  }
}

async function withTimeout<T>(answer: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      // The answer may be waiting in this very turn of the event loop.
      setImmediate(() => {
        reject(new Error(`no answer within ${timeoutMs} ms`))
      })
    }, timeoutMs)
  })
  try {
    return await Promise.race([answer, timeout])
  } finally {
    clearTimeout(timer)
  }
}
