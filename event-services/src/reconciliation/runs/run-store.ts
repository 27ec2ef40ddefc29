/** Runs in the ledger's database: one of a kind at a time, by lease. */
import type { Pool, PoolClient } from 'pg'
import {
  RECONCILIATION_KINDS,
  type ReconciliationKind,
  type ReconciliationState,
  type StatementSource,
} from '@paycluster/contracts'
import { inTransaction } from '@paycluster/platform/postgres/in-transaction'
import { storableText } from '@paycluster/platform/postgres/storable-text'
import type { Position } from '../position.ts'
import type { StartedRun } from './started-run.ts'

/** Of all advisory locks in the database those of the kinds whose runs are started. */
const LOCK_KIND = { name: 'lock-reconciliation-kind', text: 'SELECT pg_advisory_xact_lock(4113019, $1)' }
const DEAD = 'the process that ran it has ended'
const MAX_ERROR_LENGTH = 1000

const COLUMNS = `id, kind, state, day::text AS day, source, is_full, asked_by_client_id, asked_by_key_id, created_at,
  finished_at, checked::float8 AS checked, found, opened, resolved, is_truncated, error`

const FAIL_DEAD = {
  name: 'fail-dead-runs',
  text: `UPDATE reconciliation_runs SET state = 'failed', error = '${DEAD}', finished_at = clock_timestamp()
         WHERE state = 'running' AND lease_until < clock_timestamp()`,
}
/** None when one of the kind is under way; for the schedule, none when one was started a short time ago. */
const START = {
  name: 'start-run',
  text: `INSERT INTO reconciliation_runs (
           id, kind, day, source, is_full, asked_by_client_id, asked_by_key_id, lease_until
         )
         SELECT $1, $2, $3::date, $4::statement_source, $5, $6, $7, clock_timestamp() + $8 * interval '1 millisecond'
         WHERE NOT EXISTS (SELECT FROM reconciliation_runs WHERE kind = $2 AND state = 'running')
           AND NOT EXISTS (
             SELECT FROM reconciliation_runs
             WHERE kind = $2 AND ($3::date IS NULL OR day = $3::date)
               AND created_at > clock_timestamp() - $9 * interval '1 millisecond'
           )
         RETURNING ${COLUMNS}`,
}
const RENEW = {
  name: 'renew-run',
  text: `UPDATE reconciliation_runs SET lease_until = clock_timestamp() + $2 * interval '1 millisecond'
         WHERE id = $1 AND state = 'running'`,
}
const FAIL = {
  name: 'fail-run',
  text: `UPDATE reconciliation_runs SET state = 'failed', error = $2, finished_at = clock_timestamp()
         WHERE id = $1 AND state = 'running'`,
}
const NOTE_CHECKED = {
  name: 'note-checked',
  text: `UPDATE reconciliation_runs SET checked = $2 WHERE id = $1 AND state = 'running' RETURNING ${COLUMNS}`,
}
const NO_LONGER_CURRENT = {
  name: 'replace-statement',
  text: 'UPDATE reconciliation_runs SET is_current = false WHERE day = $1::date AND is_current',
}
const FINISH = {
  name: 'finish-run',
  text: `UPDATE reconciliation_runs
         SET state = 'succeeded', is_current = (kind = 'statement'), checked = $2, found = $3, opened = $4,
           resolved = $5, is_truncated = $6, finished_at = clock_timestamp()
         WHERE id = $1 AND state = 'running'`,
}
const LOCK_RUN = {
  name: 'lock-run',
  text: `SELECT FROM reconciliation_runs WHERE id = $1 AND state = 'running' FOR UPDATE`,
}
const READ = { name: 'read-run', text: `SELECT ${COLUMNS} FROM reconciliation_runs WHERE id = $1` }
const LIST = {
  name: 'list-runs',
  text: `SELECT ${COLUMNS} FROM reconciliation_runs
         WHERE ($1::reconciliation_kind IS NULL OR kind = $1) AND ($2::reconciliation_state IS NULL OR state = $2)
           AND (created_at, id) < ($3::timestamptz, $4::uuid)
         ORDER BY created_at DESC, id DESC LIMIT $5`,
}
const READ_NEWEST = {
  name: 'read-newest-runs',
  text: `SELECT r.* FROM unnest(enum_range(NULL::reconciliation_kind)) AS k (kind)
         CROSS JOIN LATERAL (
           SELECT ${COLUMNS} FROM reconciliation_runs WHERE kind = k.kind ORDER BY created_at DESC, id DESC LIMIT 1
         ) AS r`,
}
const READ_WATERMARK = {
  name: 'read-watermark',
  text: 'SELECT value FROM reconciliation_watermarks WHERE kind = $1',
}
const SET_WATERMARK = {
  name: 'set-watermark',
  text: `INSERT INTO reconciliation_watermarks (kind, value) VALUES ($1, $2)
         ON CONFLICT (kind) DO UPDATE SET value = excluded.value, updated_at = clock_timestamp()`,
}

export interface RunRow {
  readonly id: string
  readonly kind: ReconciliationKind
  readonly state: ReconciliationState
  readonly day: string | null
  readonly source: StatementSource | null
  readonly is_full: boolean
  readonly asked_by_client_id: number | null
  readonly asked_by_key_id: string | null
  readonly created_at: Date
  readonly finished_at: Date | null
  readonly checked: number
  readonly found: number
  readonly opened: number
  readonly resolved: number
  readonly is_truncated: boolean
  readonly error: string | null
}

export interface NewRun {
  /** 32 hexadecimal digits. */
  readonly id: string
  readonly kind: ReconciliationKind
  readonly day?: string
  readonly source?: StatementSource
  readonly isFull: boolean
  readonly askedBy?: { readonly client: number; readonly keyId: string }
  /** Not when one of the kind, and of the day, was started so short a time ago. */
  readonly notWithinMs?: number
}

export class RunStore {
  readonly #pool: Pool
  readonly #leaseMs: number

  /** @param pool  to the primary, as `payments_events` */
  constructor(pool: Pool, leaseMs: number) {
    this.#pool = pool
    this.#leaseMs = leaseMs
  }

  /** @returns undefined when one of the kind is under way, or was a short time ago @throws DatabaseError */
  start({ id, kind, day, source, isFull, askedBy, notWithinMs = 0 }: NewRun): Promise<RunRow | undefined> {
    return inTransaction(this.#pool, async (client) => {
      await client.query({ ...LOCK_KIND, values: [RECONCILIATION_KINDS.indexOf(kind)] })
      await client.query(FAIL_DEAD)
      const values = [id, kind, day ?? null, source ?? null, isFull, askedBy?.client ?? null, askedBy?.keyId ?? null]
      return (await client.query<RunRow>({ ...START, values: [...values, this.#leaseMs, notWithinMs] })).rows[0]
    })
  }

  /** Whether the run is still under way: one that was taken for dead is not. @throws DatabaseError */
  async renew(id: string): Promise<boolean> {
    return (await this.#pool.query({ ...RENEW, values: [id, this.#leaseMs] })).rowCount === 1
  }

  /** Runs whose processes have ended. @returns how many @throws DatabaseError */
  async failDead(): Promise<number> {
    return (await this.#pool.query(FAIL_DEAD)).rowCount ?? 0
  }

  /** @throws DatabaseError */
  async fail(id: string, error: string): Promise<void> {
    await this.#pool.query({ ...FAIL, values: [id, storableText(error, MAX_ERROR_LENGTH)] })
  }

  /** @returns the run; undefined when it is no longer under way @throws DatabaseError */
  async noteChecked(id: string, checked: number): Promise<RunRow | undefined> {
    return (await this.#pool.query<RunRow>({ ...NOTE_CHECKED, values: [id, checked] })).rows[0]
  }

  /**
   * Ends a run with what it came to, in one transaction: all of it, or nothing.
   *
   * @param record  writes down what was found, in the transaction
   * @throws Error when the run is no longer under way · DatabaseError
   */
  finish(
    run: StartedRun,
    { checked, isTruncated, watermark }: { checked: number; isTruncated: boolean; watermark: object | undefined },
    record: (client: PoolClient) => Promise<{ found: number; opened: number; resolved: number }>,
  ): Promise<void> {
    return inTransaction(this.#pool, async (client) => {
      if ((await client.query({ ...LOCK_RUN, values: [run.id] })).rowCount !== 1) throw new Error(DEAD)
      const { found, opened, resolved } = await record(client)
      if (run.day !== null) await client.query({ ...NO_LONGER_CURRENT, values: [run.day] })
      await client.query({ ...FINISH, values: [run.id, checked, found, opened, resolved, isTruncated] })
      if (watermark !== undefined)
        await client.query({ ...SET_WATERMARK, values: [run.kind, JSON.stringify(watermark)] })
    })
  }

  /** @throws DatabaseError */
  async read(id: string): Promise<RunRow | undefined> {
    return (await this.#pool.query<RunRow>({ ...READ, values: [id] })).rows[0]
  }

  /** Newest first. @throws DatabaseError */
  async list(
    { kind, state }: { kind?: ReconciliationKind | undefined; state?: ReconciliationState | undefined },
    { time, id }: Position,
    limit: number,
  ): Promise<RunRow[]> {
    return (await this.#pool.query<RunRow>({ ...LIST, values: [kind ?? null, state ?? null, time, id, limit] })).rows
  }

  /** The newest of each kind. @throws DatabaseError */
  async newest(): Promise<RunRow[]> {
    return (await this.#pool.query<RunRow>(READ_NEWEST)).rows
  }

  /** @throws DatabaseError */
  async watermark(kind: ReconciliationKind): Promise<unknown> {
    return (await this.#pool.query<{ value: unknown }>({ ...READ_WATERMARK, values: [kind] })).rows[0]?.value
  }
}
