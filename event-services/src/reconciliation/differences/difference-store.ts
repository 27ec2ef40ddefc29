/** Differences in the ledger's database: each once, by what it is about. */
import type { Pool, PoolClient } from 'pg'
import type {
  Difference,
  DifferenceKind,
  DifferenceSeverity,
  DifferenceState,
  ReconciliationKind,
} from '@paycluster/contracts'
import { HOUSE_CLIENT } from '@paycluster/platform/ids/house-accounts'
import { idToUuid, type IdCodec } from '@paycluster/platform/ids/id-codec'
import { isoTime } from '@paycluster/platform/iso-time'
import { loadText } from '@paycluster/platform/load-text'
import { storableText } from '@paycluster/platform/postgres/storable-text'
import type { Position } from '../position.ts'
import type { StartedRun } from '../runs/started-run.ts'
import { MEANINGS, type Finding } from './finding.ts'

/** What either side says is shown, and is no archive. */
const MAX_TEXT_LENGTH = 1000
const ROWS_PER_STATEMENT = 1000

const COLUMNS = `id, kind, run_kind, severity, subject, day::text AS day, payment_id, account_id, expected, found, remedy,
  first_seen, last_seen, resolved_at, version, run_id`
const RECORD = { name: 'record-differences', text: loadText(import.meta.url, './record-differences.sql') }
const RESOLVE = {
  name: 'resolve-differences',
  text: `UPDATE reconciliation_differences SET resolved_at = clock_timestamp(), run_id = $2
         WHERE id = ANY ($1::uuid[]) AND resolved_at IS NULL`,
}
const READ_OPEN = {
  name: 'read-open-differences',
  text: `SELECT id, kind, subject, day::text AS day, payment_id, account_id FROM reconciliation_differences
         WHERE run_kind = $1 AND resolved_at IS NULL ORDER BY first_seen, id LIMIT $2`,
}
const COUNT_OPEN = {
  name: 'count-open-differences',
  text: `SELECT kind, count(*)::int AS count FROM reconciliation_differences WHERE resolved_at IS NULL
         GROUP BY kind ORDER BY kind`,
}
const LIST = {
  name: 'list-differences',
  text: `SELECT ${COLUMNS} FROM reconciliation_differences
         WHERE ($1::difference_kind IS NULL OR kind = $1) AND ($2::boolean IS NULL OR (resolved_at IS NULL) = $2)
           AND (first_seen, id) < ($3::timestamptz, $4::uuid)
         ORDER BY first_seen DESC, id DESC LIMIT $5`,
}
const LOCK_UNTOLD = {
  name: 'lock-untold-differences',
  text: `SELECT ${COLUMNS} FROM reconciliation_differences WHERE told_version < version
         ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED`,
}
const MARK_TOLD = {
  name: 'mark-told-differences',
  text: `UPDATE reconciliation_differences d SET told_version = t.version
         FROM unnest($1::uuid[], $2::int[]) AS t (id, version) WHERE d.id = t.id`,
}

/** One that no run has found gone. */
export interface OpenDifference {
  /** A uuid, as PostgreSQL writes it. */
  readonly id: string
  readonly kind: DifferenceKind
  readonly subject: string
  readonly day: string | null
  readonly payment_id: string | null
  readonly account_id: string | null
}

export interface DifferenceRow extends OpenDifference {
  readonly run_kind: ReconciliationKind
  readonly severity: DifferenceSeverity
  readonly expected: string | null
  readonly found: string | null
  readonly remedy: string
  readonly first_seen: Date
  readonly last_seen: Date
  readonly resolved_at: Date | null
  readonly version: number
  readonly run_id: string
}

export class DifferenceStore {
  readonly #pool: Pool
  readonly #ids: IdCodec

  /** @param pool  to the primary, as `payments_events` */
  constructor(pool: Pool, ids: IdCodec) {
    this.#pool = pool
    this.#ids = ids
  }

  /** The uuid of a finding, in 32 hexadecimal digits: the same each time that it is found. */
  idOf({ kind, subject }: Pick<Finding, 'kind' | 'subject'>): string {
    return idToUuid(this.#ids.derive('dif', HOUSE_CLIENT, `${kind} ${subject}`))
  }

  /**
   * @param client  in the transaction that ends the run
   * @returns how many there are, each counted once, and how many of these are new
   */
  async record(
    client: PoolClient,
    run: StartedRun,
    findings: readonly Finding[],
  ): Promise<{ found: number; opened: number }> {
    const byId = new Map(findings.map((finding) => [this.idOf(finding), finding] as const))
    const rows = [...byId]
    let opened = 0
    for (let from = 0; from < rows.length; from += ROWS_PER_STATEMENT) {
      const part = rows.slice(from, from + ROWS_PER_STATEMENT)
      const of = <T>(value: (finding: Finding) => T): T[] => part.map(([, finding]) => value(finding))
      const text = (value: string | undefined): string | null =>
        value === undefined ? null : storableText(value, MAX_TEXT_LENGTH)
      const recorded = await client.query<{ is_new: boolean }>({
        ...RECORD,
        values: [
          run.id,
          run.kind,
          part.map(([id]) => id),
          of(({ kind }) => kind),
          of(({ kind }) => MEANINGS[kind].severity),
          of(({ subject }) => text(subject)),
          of(({ day }) => day ?? null),
          of(({ paymentId }) => paymentId ?? null),
          of(({ accountId }) => accountId ?? null),
          of(({ expected }) => text(expected)),
          of(({ found }) => text(found)),
          of(({ kind }) => MEANINGS[kind].remedy),
        ],
      })
      opened += recorded.rows.filter(({ is_new }) => is_new).length
    }
    return { found: rows.length, opened }
  }

  /** @param client  in the transaction that ends the run @returns how many were open still */
  async resolve(client: PoolClient, run: StartedRun, ids: readonly string[]): Promise<number> {
    if (ids.length === 0) return 0
    return (await client.query({ ...RESOLVE, values: [ids, run.id] })).rowCount ?? 0
  }

  /** The oldest first. @throws DatabaseError */
  async open(kind: ReconciliationKind, limit: number): Promise<OpenDifference[]> {
    return (await this.#pool.query<OpenDifference>({ ...READ_OPEN, values: [kind, limit] })).rows
  }

  /** @throws DatabaseError */
  async countOpen(): Promise<{ kind: DifferenceKind; count: number }[]> {
    return (await this.#pool.query<{ kind: DifferenceKind; count: number }>(COUNT_OPEN)).rows
  }

  /** Newest first. @throws DatabaseError */
  async list(
    { kind, state }: { kind?: DifferenceKind | undefined; state?: DifferenceState | undefined },
    { time, id }: Position,
    limit: number,
  ): Promise<DifferenceRow[]> {
    const isOpen = state === undefined ? null : state === 'open'
    return (await this.#pool.query<DifferenceRow>({ ...LIST, values: [kind ?? null, isOpen, time, id, limit] })).rows
  }

  /** Those that nobody has been told of, while this transaction lasts nobody else's. */
  async lockUntold(client: PoolClient, limit: number): Promise<DifferenceRow[]> {
    return (await client.query<DifferenceRow>({ ...LOCK_UNTOLD, values: [limit] })).rows
  }

  async markTold(client: PoolClient, rows: readonly DifferenceRow[]): Promise<void> {
    await client.query({ ...MARK_TOLD, values: [rows.map(({ id }) => id), rows.map(({ version }) => version)] })
  }
}

export function toDifference(ids: IdCodec, row: DifferenceRow): Difference {
  const { id, kind, run_kind, severity, subject, day, payment_id, account_id, expected, found, remedy, version } = row
  return {
    id: ids.fromUuid('dif', id, HOUSE_CLIENT),
    kind,
    run_kind,
    severity,
    state: row.resolved_at === null ? 'open' : 'resolved',
    subject,
    day,
    payment_id,
    account_id,
    expected,
    found,
    remedy,
    first_seen: isoTime(row.first_seen.getTime()),
    last_seen: isoTime(row.last_seen.getTime()),
    resolved_at: row.resolved_at === null ? null : isoTime(row.resolved_at.getTime()),
    version,
    run_id: ids.fromUuid('rec', row.run_id, HOUSE_CLIENT),
  }
}
