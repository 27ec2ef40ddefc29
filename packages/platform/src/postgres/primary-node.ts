/** The primary as a reader knows it: where its log stands, and whether it can be asked. */
import type pg from 'pg'
import type { Clock } from '../clock.ts'
import { parseLsn, type Lsn } from '../consistency/lsn.ts'
import { LagSamples } from './lag-samples.ts'
import { NodeCircuit } from './node-circuit.ts'
import type { NodePool } from './node-pool.ts'
import { SharedCall } from './shared-call.ts'

// The log's file name opens with the timeline, in eight hexadecimal digits.
const POSITION = {
  name: 'primary-position',
  text: `SELECT pg_current_wal_flush_lsn()::text AS lsn,
                pg_walfile_name(pg_current_wal_flush_lsn()) AS file`,
}
const READ_INDEX = { name: 'read-index', text: 'SELECT pg_current_wal_flush_lsn()::text AS lsn' }

/** A position that everything anybody was served before `askedAtMs` is at or below. */
export interface ReadIndex {
  readonly lsn: Lsn
  readonly askedAtMs: number
}

export class PrimaryNode {
  readonly name = 'primary'
  readonly samples = new LagSamples()
  readonly pool: NodePool
  readonly #probes: NodePool
  readonly #clock: Clock
  readonly #circuit = new NodeCircuit()
  readonly #readIndex: SharedCall<ReadIndex>
  #flushLsn: Lsn = 0n
  #timeline = 0
  #answeredAtMs = 0

  /** @param probes  a pool of one connection, so that a busy pool does not look like a lost node */
  constructor(pool: NodePool, probes: NodePool, clock: Clock) {
    this.pool = pool
    this.#probes = probes
    this.#clock = clock
    this.#readIndex = new SharedCall(() => this.#askReadIndex())
  }

  get isUp(): boolean {
    return !this.#circuit.isOpen && this.#answeredAtMs > 0
  }

  /** When it last answered a probe, in milliseconds of the epoch; 0 before. */
  get answeredAtMs(): number {
    return this.#answeredAtMs
  }

  /** The highest known end of its log that is on disk. */
  get flushLsn(): Lsn {
    return this.#flushLsn
  }

  /** 0 until it has answered. */
  get timeline(): number {
    return this.#timeline
  }

  /** Asks where the log stands. Failures count towards the circuit and are told by {@link isUp}. */
  async probe(): Promise<void> {
    const askedAtMs = this.#clock.now()
    const { rows } = await this.#circuit.run(() => this.#probes.query<{ lsn: string; file: string }>(POSITION))
    const row = rows[0]
    if (row === undefined) return
    const timeline = parseInt(row.file.slice(0, 8), 16)
    // After a failover the log may go on below where the lost one ended.
    if (timeline !== this.#timeline) this.#flushLsn = 0n
    this.#timeline = timeline
    this.#note(parseLsn(row.lsn), askedAtMs)
    this.samples.record(askedAtMs, parseLsn(row.lsn))
  }

  /**
   * The read index: shared by everybody who asks before it is sent.
   *
   * @throws what pg throws, or cockatiel's BrokenCircuitError at once while the primary is known to be away
   */
  readIndex(): Promise<ReadIndex> {
    return this.#readIndex.ask()
  }

  query<R extends pg.QueryResultRow>(config: pg.QueryConfig): Promise<pg.QueryResult<R>> {
    return this.#circuit.run(() => this.pool.query<R>(config))
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.pool.end(), this.#probes.end()])
  }

  async #askReadIndex(): Promise<ReadIndex> {
    const askedAtMs = this.#clock.now()
    const { rows } = await this.#circuit.run(() => this.#probes.query<{ lsn: string }>(READ_INDEX))
    const lsn = parseLsn(rows[0]?.lsn ?? '')
    this.#note(lsn, askedAtMs)
    return { lsn, askedAtMs }
  }

  #note(lsn: Lsn, askedAtMs: number): void {
    if (lsn > this.#flushLsn) this.#flushLsn = lsn
    this.#answeredAtMs = askedAtMs
  }
}
