/**
 * Routes reads: to a replica that has replayed what the read must reflect, else to the primary within a budget.
 *
 *     position()  what a read must reflect (read-position.ts)
 *        ▼
 *     read()      a replica that is known to have replayed it, chosen at random (replica-choice.ts)
 *                 └─ none: wait, a millisecond at a time, for the one that is closest; then for any other
 *                    └─ none in time: the primary, within its budget
 *                       └─ spent or away: ProblemError, 503 with Retry-After
 */
import type pg from 'pg'
import type { Clock } from '../clock.ts'
import type { Lsn } from '../consistency/lsn.ts'
import type { Logger } from '../logging.ts'
import { ProblemError } from '../problem-error.ts'
import { isWorthAnotherNode } from './node-circuit.ts'
import { NodeProbes } from './node-probes.ts'
import { PrimaryBudget, type PrimaryBudgetOptions } from './primary-budget.ts'
import type { PrimaryNode } from './primary-node.ts'
import { ReadPositions, type ReadPosition, type ReadPositionOptions } from './read-position.ts'
import { ReplicaChoice, type ReplicaChoiceOptions } from './replica-choice.ts'
import type { ReplicaNode } from './replica-node.ts'
import { createRouterCounts } from './router-counts.ts'

/** A node that has not answered a probe for that long cannot be counted on. */
const PROGRESS_TIMEOUT_MS = 3000

export interface ReadRouterOptions extends ReadPositionOptions, ReplicaChoiceOptions {
  /** How long a read waits for replicas in all. */
  readonly waitMs: number
  readonly probeIntervalMs: number
  /** Waiting queries of one node's pool beyond which a read is refused. */
  readonly maxWaiting: number
  readonly primaryBudget: PrimaryBudgetOptions
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

export class ReadRouter {
  readonly counts = createRouterCounts()
  readonly primary: PrimaryNode
  readonly replicas: readonly ReplicaNode[]
  readonly #options: ReadRouterOptions
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #probes: NodeProbes
  readonly #positions: ReadPositions
  readonly #choice: ReplicaChoice
  readonly #budget: PrimaryBudget

  constructor(
    primary: PrimaryNode,
    replicas: readonly ReplicaNode[],
    options: ReadRouterOptions,
    clock: Clock,
    logger: Logger,
  ) {
    const { counts } = this
    this.primary = primary
    this.replicas = replicas
    this.#options = options
    this.#clock = clock
    this.#logger = logger
    this.#probes = new NodeProbes([primary, ...replicas], options.probeIntervalMs, logger)
    this.#positions = new ReadPositions(primary, replicas, options, counts)
    this.#choice = new ReplicaChoice({ primary, replicas, positions: this.#positions, clock, counts }, options)
    this.#budget = new PrimaryBudget(options.primaryBudget, clock)
  }

  /** The newest timeline that anything trustworthy has shown. */
  get timeline(): number {
    return this.#positions.timeline
  }

  /** Starts the background probes. Resolves when each node was asked once, whatever it said. */
  start(): Promise<void> {
    return this.#probes.start()
  }

  async close(): Promise<void> {
    this.#probes.stop()
    await Promise.all([this.primary, ...this.replicas].map((node) => node.close()))
  }

  /** Takes note of a state that this cluster has served: without the primary, nothing older may be served. */
  noteServed(lsn: Lsn, timeline: number): void {
    this.#positions.noteServed(lsn, timeline)
  }

  /** What a read that starts now must reflect. Never rejects. */
  position(): Promise<ReadPosition> {
    return this.#positions.current()
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
      const replica = await this.#choice.next(position.lsn, tried, untilMs)
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
}
