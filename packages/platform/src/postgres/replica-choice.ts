/**
 * Chooses the replica that a read is sent to: one that is known to have replayed what the read must reflect, at random;
 * with none, the one that is closest is waited for, then any other.
 *
 * A replica is out of the question while its circuit is open, its lag is past the bound, or it follows another timeline
 * than the primary: after a failover it may hold commits that were lost.
 */
import type { Clock } from '../clock.ts'
import { maxLsn, type Lsn } from '../consistency/lsn.ts'
import type { PrimaryNode } from './primary-node.ts'
import type { ReadPositions } from './read-position.ts'
import { lagBytes, lagMs } from './replica-lag.ts'
import type { ReplicaNode } from './replica-node.ts'
import type { RouterCounts } from './router-counts.ts'

/** Replicas that close to the front one count as equally far: who is asked is left to chance. */
const CLOSE_BYTES = 64n * 1024n

export interface ReplicaChoiceOptions {
  readonly maxLagBytes: number
  readonly maxLagMs: number
}

/** What a choice goes by. */
export interface ReplicaChoiceParts {
  readonly primary: PrimaryNode
  readonly replicas: readonly ReplicaNode[]
  readonly positions: ReadPositions
  readonly clock: Clock
  readonly counts: RouterCounts
}

export class ReplicaChoice {
  readonly #parts: ReplicaChoiceParts
  readonly #options: ReplicaChoiceOptions

  constructor(parts: ReplicaChoiceParts, options: ReplicaChoiceOptions) {
    this.#parts = parts
    this.#options = options
  }

  /**
   * A replica that has replayed `lsn`, or undefined when none has by `untilMs` (of the clock).
   *
   * @param tried  those that could not answer this read
   */
  async next(lsn: Lsn, tried: ReadonlySet<ReplicaNode>, untilMs: number): Promise<ReplicaNode | undefined> {
    const { replicas, clock, counts } = this.#parts
    const candidates = replicas.filter((replica) => !tried.has(replica) && this.#isEligible(replica))
    const ready = pickAtRandom(candidates.filter((replica) => replica.replayedLsn >= lsn))
    if (ready !== undefined) return ready
    if (candidates.length === 0) return undefined
    counts.waits++
    // The front one has half of the time to itself, so that a wait usually costs one node's attention.
    const front = pickAtRandom(frontOf(candidates))
    const halfMs = (clock.now() + untilMs) / 2
    if (front !== undefined && (await front.reaches(lsn, candidates.length === 1 ? untilMs : halfMs))) return front
    const others = candidates.filter((replica) => replica.isUp)
    const reached = await firstOf(
      others.map(async (replica) => ((await replica.reaches(lsn, untilMs)) ? replica : undefined)),
    )
    if (reached === undefined) counts.waitsInVain++
    return reached
  }

  /** Whether a replica may answer at all, however far it has replayed. */
  #isEligible(replica: ReplicaNode): boolean {
    const { primary, positions } = this.#parts
    return (
      replica.isUp &&
      replica.timeline >= positions.timeline &&
      lagBytes(primary, replica) <= this.#options.maxLagBytes &&
      lagMs(primary, replica) <= this.#options.maxLagMs
    )
  }
}

function pickAtRandom<T>(candidates: readonly T[]): T | undefined {
  return candidates[Math.floor(Math.random() * candidates.length)]
}

/** Those that are furthest, or nearly so. */
function frontOf(replicas: readonly ReplicaNode[]): ReplicaNode[] {
  const furthest = replicas.reduce((lsn, replica) => maxLsn(lsn, replica.replayedLsn), 0n)
  return replicas.filter((replica) => replica.replayedLsn + CLOSE_BYTES >= furthest)
}

/** The first that is not undefined, or undefined when all are. */
function firstOf<T>(promises: readonly Promise<T | undefined>[]): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const settle = (value: T | undefined): void => {
      if (value !== undefined) resolve(value)
    }
    Promise.all(promises.map((promise) => promise.then(settle))).then(() => {
      resolve(undefined)
    }, reject)
  })
}
