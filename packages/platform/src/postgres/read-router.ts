/**
 * Routes reads: to a replica that has replayed what the read must reflect, else to the primary within a budget.
 *
 *     position()  what a read must reflect: the read index (docs/adr/0007-read-index-on-cache-misses.md),
 *        │        or, with the primary away, the highest position that this instance knows of
 *        ▼
 *     read()      a replica that is known to have replayed it, chosen at random
 *                 └─ none: wait, a millisecond at a time, for the one that is closest; then for any other
 *                    └─ none in time: the primary, within its budget
 *                       └─ spent or away: ProblemError, 503 with Retry-After
 *
 * A replica is out of the question while its circuit is open, its lag is past the bound, or it follows another timeline
 * than the primary: after a failover it may hold commits that were lost.
 */
import type pg from 'pg'
import type { Clock } from '../clock.ts'
import type { Lsn } from '../consistency/lsn.ts'
import type { Logger } from '../logging.ts'
import { ProblemError } from '../problem-error.ts'
import { isWorthAnotherNode } from './node-circuit.ts'
import { PrimaryBudget, type PrimaryBudgetOptions } from './primary-budget.ts'
import type { PrimaryNode } from './primary-node.ts'
import type { ReplicaNode } from './replica-node.ts'

/** Replicas that close to the front one count as equally far: who is asked is left to chance. */
const CLOSE_BYTES = 64n * 1024n
/** A node that has not answered a probe for that long cannot be counted on. */
const PROGRESS_TIMEOUT_MS = 3000

export interface ReadRouterOptions {
  /** Ask the primary for its log position before each batch of misses. */
  readonly readIndex: boolean
  /** How long to wait for the read index before going on without. */
  readonly readIndexTimeoutMs: number
  /** How long a read waits for replicas in all. */
  readonly waitMs: number
  readonly maxLagBytes: number
  readonly maxLagMs: number
  readonly probeIntervalMs: number
  /** Waiting queries of one node's pool beyond which a read is refused. */
  readonly maxWaiting: number
  readonly primaryBudget: PrimaryBudgetOptions
}

/** What a read must reflect. */
export interface ReadPosition {
  readonly lsn: Lsn
  /** When everything up to `lsn` was everything there was, in ms of the epoch; undefined without a read index. */
  readonly asOfMs: number | undefined
}

/** Where and how an answer was read. */
export interface ReadSource {
  /** `replica:<name>` or `primary`: the value of X-Data-Source. */
  readonly name: string
  readonly timeline: number
  /** Commits up to this log position are all reflected: it was seen before the query took its snapshot. */
  readonly lsn: Lsn
  /** Commits before this time (ms of the epoch) are all reflected. */
  readonly asOfMs: number
}

export type RunQuery = <R extends pg.QueryResultRow>(config: pg.QueryConfig) => Promise<pg.QueryResult<R>>

export interface RoutedAnswer<T> {
  readonly value: T
  readonly source: ReadSource
}

/** Counts since the start. */
export interface RouterCounts {
  readIndexes: number
  readIndexFailures: number
  /** Reads that had to wait for a replica. */
  waits: number
  /** Reads that waited for a replica in vain. */
  waitsInVain: number
  replicaReads: number
  primaryReads: number
  primaryRefusals: number
}

export class ReadRouter {
  readonly counts: RouterCounts = {
    readIndexes: 0,
    readIndexFailures: 0,
    waits: 0,
    waitsInVain: 0,
    replicaReads: 0,
    primaryReads: 0,
    primaryRefusals: 0,
  }
  readonly primary: PrimaryNode
  readonly replicas: readonly ReplicaNode[]
  readonly #options: ReadRouterOptions
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #budget: PrimaryBudget
  readonly #isUp = new Map<string, boolean>()
  #knownLsn: Lsn = 0n
  #knownTimeline = 0
  #probing: NodeJS.Timeout[] = []
  #isClosed = false

  constructor(
    primary: PrimaryNode,
    replicas: readonly ReplicaNode[],
    options: ReadRouterOptions,
    clock: Clock,
    logger: Logger,
  ) {
    this.primary = primary
    this.replicas = replicas
    this.#options = options
    this.#clock = clock
    this.#logger = logger
    this.#budget = new PrimaryBudget(options.primaryBudget, clock)
  }

  /** The newest timeline that anything trustworthy has shown. */
  get timeline(): number {
    return Math.max(this.primary.timeline, this.#knownTimeline)
  }

  /** Starts the background probes. Resolves when each node was asked once, whatever it said. */
  async start(): Promise<void> {
    await Promise.all([this.primary, ...this.replicas].map((node) => this.#probeForEver(node)))
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const timer of this.#probing) clearTimeout(timer)
    await Promise.all([this.primary, ...this.replicas].map((node) => node.close()))
  }

  /** Takes note of a state that this cluster has served: without the primary, nothing older may be served. */
  noteServed(lsn: Lsn, timeline: number): void {
    if (timeline > this.#knownTimeline) {
      this.#knownTimeline = timeline
      this.#knownLsn = 0n
    }
    if (timeline === this.#knownTimeline && lsn > this.#knownLsn) this.#knownLsn = lsn
  }

  /**
   * What a read that starts now must reflect, so that it is not older than anything that anybody was served before.
   *
   * @throws nothing: without the primary it is the highest position that this instance knows of
   */
  async position(): Promise<ReadPosition> {
    if (!this.#options.readIndex) return { lsn: 0n, asOfMs: undefined }
    try {
      const index = await withTimeout(this.primary.readIndex(), this.#options.readIndexTimeoutMs)
      this.counts.readIndexes++
      return { lsn: index.lsn, asOfMs: index.askedAtMs }
    } catch {
      this.counts.readIndexFailures++
      return { lsn: this.#highestKnownLsn(), asOfMs: undefined }
    }
  }

  /**
   * Runs one read on one node.
   *
   * @param position  what it must reflect
   * @throws ProblemError `replica_lag` when nodes are there and none has got that far · `unavailable` when none can be
   * asked · `overloaded` when all connections are taken and enough wait (all 503)
   */
  async read<T>(position: ReadPosition, run: (query: RunQuery) => Promise<T>): Promise<RoutedAnswer<T>> {
    const untilMs = this.#clock.now() + this.#options.waitMs
    const tried = new Set<ReplicaNode>()
    for (;;) {
      const replica = await this.#nextReplica(position.lsn, tried, untilMs)
      if (replica === undefined) return this.#readPrimary(run)
      tried.add(replica)
      this.#refuseWhenFull(replica.pool)
      const source = this.#sourceOf(replica, position)
      try {
        const value = await run((config) => replica.query(config))
        this.counts.replicaReads++
        return { value, source }
      } catch (error) {
        if (!isWorthAnotherNode(error)) throw error
        this.#logger.warn({ err: error, node: replica.name }, 'read failed, another node is asked')
      }
    }
  }

  /** Why nothing can be read, or undefined when something can. */
  unreadableReason(): string | undefined {
    const sinceMs = this.#clock.now() - PROGRESS_TIMEOUT_MS
    const readable = [this.primary, ...this.replicas].some((node) => node.isUp && node.answeredAtMs >= sinceMs)
    return readable ? undefined : 'no PostgreSQL node answers'
  }

  lagBytes(replica: ReplicaNode): number {
    return Number(this.primary.flushLsn > replica.replayedLsn ? this.primary.flushLsn - replica.replayedLsn : 0n)
  }

  /** Up to when the primary last said where it stands: with the primary away, lag does not grow. */
  lagMs(replica: ReplicaNode): number {
    return this.primary.samples.lagMs(replica.replayedLsn, this.primary.answeredAtMs)
  }

  /** Whether a replica may answer at all, however far it has replayed. */
  isEligible(replica: ReplicaNode): boolean {
    return (
      replica.isUp &&
      replica.timeline >= this.timeline &&
      this.lagBytes(replica) <= this.#options.maxLagBytes &&
      this.lagMs(replica) <= this.#options.maxLagMs
    )
  }

  /**
   * Without the primary: what was served here, and what the primary was last known to hold, as far as a replica that can
   * be asked has received it. Commits wait for a standby, so that what anybody was told is on one of them; the end of
   * the log that none of them has is out of everybody's reach.
   */
  #highestKnownLsn(): Lsn {
    const received = this.replicas.filter((replica) => replica.isUp).map((replica) => replica.receivedLsn)
    const reachable = received.reduce(maxLsn, 0n)
    const { flushLsn } = this.primary
    return maxLsn(this.#knownLsn, flushLsn < reachable ? flushLsn : reachable)
  }

  async #nextReplica(lsn: Lsn, tried: ReadonlySet<ReplicaNode>, untilMs: number): Promise<ReplicaNode | undefined> {
    const candidates = this.replicas.filter((replica) => !tried.has(replica) && this.isEligible(replica))
    const ready = pickAtRandom(candidates.filter((replica) => replica.replayedLsn >= lsn))
    if (ready !== undefined) return ready
    if (candidates.length === 0) return undefined
    this.counts.waits++
    // The front one has half of the time to itself, so that a wait usually costs one node's attention.
    const front = pickAtRandom(frontOf(candidates))
    const halfMs = (this.#clock.now() + untilMs) / 2
    if (front !== undefined && (await front.reaches(lsn, candidates.length === 1 ? untilMs : halfMs))) return front
    const others = candidates.filter((replica) => replica.isUp)
    const reached = await firstOf(
      others.map(async (replica) => ((await replica.reaches(lsn, untilMs)) ? replica : undefined)),
    )
    if (reached === undefined) this.counts.waitsInVain++
    return reached
  }

  async #readPrimary<T>(run: (query: RunQuery) => Promise<T>): Promise<RoutedAnswer<T>> {
    const { primary } = this
    if (!primary.isUp) {
      if (this.replicas.some((replica) => replica.isUp))
        throw new ProblemError('replica_lag', 'No replica has caught up in time, and the primary is away.')
      throw new ProblemError('unavailable', 'No PostgreSQL node answers.')
    }
    this.#refuseWhenFull(primary.pool)
    const { timeline, flushLsn } = primary
    const source = { name: 'primary', timeline, lsn: flushLsn, asOfMs: this.#clock.now() }
    const answer = await this.#budget.run(async () => {
      try {
        return { value: await run((config) => primary.query(config)), source }
      } catch (error) {
        if (!isWorthAnotherNode(error)) throw error
        throw new ProblemError('unavailable', 'No PostgreSQL node answers.', { cause: error })
      }
    })
    if (answer === undefined) {
      this.counts.primaryRefusals++
      throw new ProblemError('replica_lag', 'No replica has caught up in time, and the primary takes no more reads.')
    }
    this.counts.primaryReads++
    return answer
  }

  #sourceOf(replica: ReplicaNode, position: ReadPosition): ReadSource {
    const { name, timeline, replayedLsn } = replica
    const asOfMs = position.asOfMs ?? this.primary.samples.asOfMs(replayedLsn) ?? replica.lastCommitMs
    return { name: `replica:${name}`, timeline, lsn: replayedLsn, asOfMs }
  }

  #refuseWhenFull(pool: { readonly waitingCount: number }): void {
    if (pool.waitingCount >= this.#options.maxWaiting)
      throw new ProblemError('overloaded', 'Too many reads wait for a connection.')
  }

  async #probeForEver(node: PrimaryNode | ReplicaNode): Promise<void> {
    try {
      await node.probe()
    } catch (error) {
      this.#tellChange(node, error)
    }
    if (node.isUp) this.#tellChange(node)
    if (this.#isClosed) return
    const timer = setTimeout(() => {
      this.#probing = this.#probing.filter((other) => other !== timer)
      void this.#probeForEver(node)
    }, this.#options.probeIntervalMs)
    this.#probing.push(timer)
  }

  #tellChange(node: PrimaryNode | ReplicaNode, error?: unknown): void {
    if (this.#isUp.get(node.name) === node.isUp) return
    this.#isUp.set(node.name, node.isUp)
    if (node.isUp) this.#logger.info({ node: node.name, timeline: node.timeline }, 'node answers')
    else this.#logger.warn({ err: error, node: node.name }, 'node is away')
  }
}

const maxLsn = (a: Lsn, b: Lsn): Lsn => (a > b ? a : b)

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
