/**
 * A replica as a reader knows it: how far it has replayed, and whether it can be asked.
 *
 * Replay only grows while the server runs, so that a position that was seen before a query takes its snapshot is a lower
 * bound of what the query sees. One that was seen in or after the query may be ahead of it and proves nothing.
 *
 * A server that starts again opens where it is consistent, which may be far behind what it showed before, and replays
 * the log that it has. So a lost connection voids what was known of its replay, and it cannot be asked until it has
 * replayed everything that it had received.
 */
import type pg from 'pg'
import type { Clock } from '../clock.ts'
import { maxLsn, parseLsn, type Lsn } from '../consistency/lsn.ts'
import { isNodeFailure, NodeCircuit } from './node-circuit.ts'
import type { NodePool } from './node-pool.ts'

// The receiver's timeline is what it streams now, but only roles with pg_read_all_stats see it; the control file's
// catches up at the next restart point.
const POSITION = {
  name: 'replica-position',
  text: `SELECT pg_last_wal_replay_lsn()::text AS lsn,
                -- Null until it has replayed its own log, and asks the primary for more, whether that answers or not.
                pg_last_wal_receive_lsn()::text AS received_lsn,
                (extract(epoch FROM pg_last_xact_replay_timestamp()) * 1000)::bigint AS last_commit_ms,
                greatest(
                  (SELECT received_tli FROM pg_stat_wal_receiver),
                  (SELECT timeline_id FROM pg_control_checkpoint()),
                  (SELECT min_recovery_end_timeline FROM pg_control_recovery())
                ) AS timeline`,
}
const REPLAYED = { name: 'replayed', text: 'SELECT pg_last_wal_replay_lsn()::text AS lsn' }

/** Between two looks at a replica that somebody waits for. */
const WAIT_STEP_MS = 1

interface PositionRow {
  readonly lsn: string | null
  readonly received_lsn: string | null
  readonly last_commit_ms: number | null
  readonly timeline: number
}

interface Waiter {
  readonly lsn: Lsn
  readonly untilMs: number
  readonly resolve: (hasReached: boolean) => void
}

export class ReplicaNode {
  readonly name: string
  readonly pool: NodePool
  readonly #probes: NodePool
  readonly #clock: Clock
  readonly #circuit = new NodeCircuit()
  #replayedLsn: Lsn = 0n
  #receivedLsn: Lsn = 0n
  #lastCommitMs = 0
  #timeline = 0
  #answeredAtMs = 0
  #isReplayingOwnLog = false
  #waiters: Waiter[] = []
  #isLooking = false

  /** @param probes  a pool of one connection, so that a busy pool does not look like a lost node */
  constructor(name: string, pool: NodePool, probes: NodePool, clock: Clock) {
    this.name = name
    this.pool = pool
    this.#probes = probes
    this.#clock = clock
    for (const connections of [pool, probes])
      connections.on('error', () => {
        this.#forgetReplay()
      })
  }

  get isUp(): boolean {
    return !this.#circuit.isOpen && this.#answeredAtMs > 0 && !this.#isReplayingOwnLog
  }

  /** When it last answered a probe, in milliseconds of the epoch; 0 before. */
  get answeredAtMs(): number {
    return this.#answeredAtMs
  }

  /** A lower bound of what it has replayed; 0 when nothing is known. */
  get replayedLsn(): Lsn {
    return this.#replayedLsn
  }

  /** What it has received, and will have replayed soon: as of the last probe. */
  get receivedLsn(): Lsn {
    return maxLsn(this.#receivedLsn, this.#replayedLsn)
  }

  /** When the last replayed transaction was committed, in milliseconds of the epoch; 0 when none was. */
  get lastCommitMs(): number {
    return this.#lastCommitMs
  }

  /** 0 until it has answered. */
  get timeline(): number {
    return this.#timeline
  }

  /** Asks for position and timeline. Failures count towards the circuit and are told by {@link isUp}. */
  async probe(): Promise<void> {
    const askedAtMs = this.#clock.now()
    const { rows } = await this.#run<PositionRow>(this.#probes, POSITION)
    const row = rows[0]
    if (row?.lsn === undefined || row.lsn === null) return
    // Rebuilt from another primary: what was known of the old one is void.
    if (row.timeline !== this.#timeline) this.#replayedLsn = 0n
    this.#timeline = row.timeline
    this.#isReplayingOwnLog = row.received_lsn === null
    if (row.received_lsn !== null) this.#receivedLsn = parseLsn(row.received_lsn)
    this.#lastCommitMs = row.last_commit_ms ?? 0
    this.#note(parseLsn(row.lsn), askedAtMs)
  }

  /** Whether it has replayed `lsn`, or does by `untilMs`: it is looked at every millisecond while somebody waits. */
  reaches(lsn: Lsn, untilMs: number): Promise<boolean> {
    if (this.#replayedLsn >= lsn) return Promise.resolve(true)
    if (!this.isUp) return Promise.resolve(false)
    return new Promise((resolve) => {
      this.#waiters.push({ lsn, untilMs, resolve })
      if (!this.#isLooking) void this.#look()
    })
  }

  query<R extends pg.QueryResultRow>(config: pg.QueryConfig): Promise<pg.QueryResult<R>> {
    return this.#run(this.pool, config)
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.pool.end(), this.#probes.end()])
  }

  async #run<R extends pg.QueryResultRow>(pool: NodePool, config: pg.QueryConfig): Promise<pg.QueryResult<R>> {
    try {
      return await this.#circuit.run(() => pool.query<R>(config))
    } catch (error) {
      if (isNodeFailure(error)) this.#forgetReplay()
      throw error
    }
  }

  /** Connections of a server that has ended break before any of its next run can be opened. */
  #forgetReplay(): void {
    this.#replayedLsn = 0n
  }

  async #look(): Promise<void> {
    this.#isLooking = true
    while (this.#waiters.length > 0) {
      const askedAtMs = this.#clock.now()
      try {
        const { rows } = await this.#run<{ lsn: string | null }>(this.#probes, REPLAYED)
        const lsn = rows[0]?.lsn
        if (typeof lsn === 'string') this.#note(parseLsn(lsn), askedAtMs)
      } catch {
        // The circuit counts it; whoever waits asks another node.
        this.#settle(() => true)
        break
      }
      const nowMs = this.#clock.now()
      this.#settle((waiter) => this.#replayedLsn >= waiter.lsn || nowMs >= waiter.untilMs)
      if (this.#waiters.length > 0) await new Promise((resolve) => setTimeout(resolve, WAIT_STEP_MS))
    }
    this.#isLooking = false
  }

  #settle(isOver: (waiter: Waiter) => boolean): void {
    const over = this.#waiters.filter(isOver)
    if (over.length === 0) return
    this.#waiters = this.#waiters.filter((waiter) => !isOver(waiter))
    for (const waiter of over) waiter.resolve(this.#replayedLsn >= waiter.lsn)
  }

  #note(lsn: Lsn, askedAtMs: number): void {
    if (lsn > this.#replayedLsn) this.#replayedLsn = lsn
    this.#answeredAtMs = askedAtMs
  }
}
