/** Statements in the ledger's database, and what of them does not agree with it. Everything by sets, a part at a time. */
import type { Pool } from 'pg'
import { PAYMENT_ID_PATTERN, REFUND_ID_PATTERN } from '@paycluster/contracts'
import { idToUuid } from '@paycluster/platform/ids/id-codec'
import { isoTime } from '@paycluster/platform/iso-time'
import { loadText } from '@paycluster/platform/load-text'
import { dayAfter } from '../day.ts'
import type { StatementLine } from './statement-line.ts'

const BANK_MOVEMENTS = loadText(import.meta.url, './bank-movements.sql')

const query = (name: string, path: string): { name: string; text: string } => ({
  name,
  text: withMovements(loadText(import.meta.url, path)),
})
const INSERT_LINES = query('insert-statement-lines', './insert-lines.sql')
const FIND_BY_BANK_ID = query('find-by-bank-id', './find-by-bank-id.sql')
const COMPARE_LINES = query('compare-statement-lines', './compare-lines.sql')
const MARK_PENDING = query('mark-pending-lines', './mark-pending.sql')
const READ_LATE = query('read-late-lines', './read-late.sql')
const UNMARK_SETTLED = query('unmark-settled-lines', './unmark-settled.sql')
const READ_DUPLICATES = query('read-duplicate-lines', './read-duplicates.sql')
const READ_MISSING = query('read-missing-lines', './read-missing.sql')
const READ_SETTLED_DIFFERENCES = query('read-settled-differences', './read-settled-differences.sql')
const READ_LAST_LINE = {
  name: 'read-last-line',
  text: 'SELECT coalesce(max(line), 0) AS line, count(*)::int AS lines FROM bank_statement_lines WHERE run_id = $1',
}
/** Of days whose statement is compared: for good when that was after the day. */
const READ_CURRENT_DAYS = {
  name: 'read-current-days',
  text: `SELECT day::text AS day, created_at >= (day + 1)::timestamp AT TIME ZONE 'UTC' AS is_final
         FROM reconciliation_runs WHERE is_current ORDER BY day`,
}
/** A part of the lines that belong to no statement: of runs that failed, or that another one has replaced. */
const DELETE_LEFT = {
  name: 'delete-left-lines',
  text: `DELETE FROM bank_statement_lines WHERE (run_id, line) IN (
           SELECT l.run_id, l.line FROM reconciliation_runs r
           CROSS JOIN LATERAL (SELECT run_id, line FROM bank_statement_lines WHERE run_id = r.id LIMIT $2) AS l
           WHERE r.kind = 'statement' AND r.state <> 'running'
             AND (NOT r.is_current OR r.day < (clock_timestamp() AT TIME ZONE 'UTC')::date - $1::int)
           LIMIT $2
         )`,
}
const DELETE_OLD_RUNS = {
  name: 'delete-old-runs',
  text: `DELETE FROM reconciliation_runs r WHERE r.id IN (
           SELECT o.id FROM reconciliation_runs o
           WHERE o.state <> 'running' AND o.created_at < clock_timestamp() - $1 * interval '1 day'
             AND NOT EXISTS (SELECT FROM bank_statement_lines WHERE run_id = o.id)
             AND o.id <> (SELECT n.id FROM reconciliation_runs n WHERE n.kind = o.kind ORDER BY created_at DESC LIMIT 1)
           LIMIT $2
         )`,
}
const DELETE_OLD_DIFFERENCES = {
  name: 'delete-old-differences',
  text: `DELETE FROM reconciliation_differences WHERE id IN (
           SELECT id FROM reconciliation_differences
           WHERE resolved_at < clock_timestamp() - $1 * interval '1 day' AND told_version = version LIMIT $2
         )`,
}

/** A payment, or a refund of one, as a comparison finds it. */
export interface Movement {
  readonly id: string
  readonly is_refund: boolean
  /** Whose id that is. */
  readonly owner: number
  readonly payment_id: string
  readonly client_id: number
  readonly account_id: string
  readonly account_owner: number
}

type Nullable<T> = { readonly [K in keyof T]: T[K] | null }

/** Of a line of which there is no movement all that is a movement's is null. */
export interface LineRow extends Nullable<Movement> {
  readonly line: number
  readonly bank_id: string
  readonly idempotency_key: string
  readonly type: string
  readonly amount: number
  readonly currency: string
  readonly settled_at: Date
  readonly status: string | null
  readonly known_type: string | null
  readonly known_amount: number | null
  readonly known_currency: string | null
  readonly known_bank_id: string | null
  readonly answer: string | null
}

export interface LateRow extends Movement {
  readonly line: number
  readonly bank_id: string
  readonly amount: number
  readonly currency: string
  readonly settled_at: Date
  readonly day: string
  readonly status: string
}

export interface MissingRow extends Movement {
  /** A rail, or `refund`. */
  readonly kind: string
  readonly currency: string
  readonly known_bank_id: string | null
  readonly answered_at: Date
  readonly known_amount: number
}

export interface DuplicateRow extends Nullable<Omit<Movement, 'account_id' | 'account_owner'>> {
  readonly bank_id: string
  readonly lines: number
  readonly numbers: readonly number[]
  readonly other_day: string | null
}

export interface SettledRow {
  readonly id: string
  readonly has_succeeded: boolean
  readonly has_line: boolean
}

export class StatementStore {
  readonly #pool: Pool

  /** @param pool  to the primary, as `payments_events` */
  constructor(pool: Pool) {
    this.#pool = pool
  }

  /** @throws Error when the run is no longer under way · DatabaseError */
  async insert(run: string, lines: readonly StatementLine[]): Promise<void> {
    const values = [
      run,
      lines.map(({ line }) => line),
      lines.map(({ key }) => movementOf(key)),
      lines.map(({ bankId }) => bankId),
      lines.map(({ key }) => key),
      lines.map(({ type }) => type),
      lines.map(({ amount }) => amount),
      lines.map(({ currency }) => currency),
      lines.map(({ settledAt }) => settledAt),
    ]
    const { rowCount } = await this.#pool.query({ ...INSERT_LINES, values })
    if (rowCount !== lines.length) throw new Error('the run was taken for dead')
  }

  /** @throws DatabaseError */
  async extent(run: string): Promise<{ line: number; lines: number }> {
    const { rows } = await this.#pool.query<{ line: number; lines: number }>({ ...READ_LAST_LINE, values: [run] })
    return rows[0] ?? { line: 0, lines: 0 }
  }

  /** Gives lines without a key of ours their payments and refunds, among what the bank answered in a time. @throws DatabaseError */
  async findByBankId(run: string, fromMs: number, toMs: number): Promise<void> {
    await this.#pool.query({ ...FIND_BY_BANK_ID, values: [run, isoTime(fromMs), isoTime(toMs)] })
  }

  /** Lines after one and up to another that do not agree. @param dueMs  what settled before has had its time */
  async differing(run: string, after: number, upTo: number, dueMs: number): Promise<LineRow[]> {
    const values = [run, after, upTo]
    await this.#pool.query({ ...MARK_PENDING, values })
    return (await this.#pool.query<LineRow>({ ...COMPARE_LINES, values: [...values, isoTime(dueMs)] })).rows
  }

  /** Lines of other days whose payments have not become what they say. @throws DatabaseError */
  async late(day: string, dueMs: number, limit: number): Promise<LateRow[]> {
    await this.#pool.query(UNMARK_SETTLED)
    return (await this.#pool.query<LateRow>({ ...READ_LATE, values: [day, isoTime(dueMs), limit] })).rows
  }

  /** @throws DatabaseError */
  async duplicates(run: string, day: string, limit: number): Promise<DuplicateRow[]> {
    return (await this.#pool.query<DuplicateRow>({ ...READ_DUPLICATES, values: [run, day, limit] })).rows
  }

  /** Of what the bank answered in a time. @param askedAfterMs  what was asked for before is left out */
  async missing(
    run: string,
    day: string,
    { fromMs, toMs, askedAfterMs }: { fromMs: number; toMs: number; askedAfterMs: number },
    limit: number,
  ): Promise<MissingRow[]> {
    const values = [run, day, isoTime(fromMs), isoTime(toMs), isoTime(askedAfterMs), limit]
    return (await this.#pool.query<MissingRow>({ ...READ_MISSING, values })).rows
  }

  /** @param movements  uuids @throws DatabaseError */
  async settled(run: string, movements: readonly string[]): Promise<SettledRow[]> {
    if (movements.length === 0) return []
    return (await this.#pool.query<SettledRow>({ ...READ_SETTLED_DIFFERENCES, values: [movements, run] })).rows
  }

  /** Days whose statement is compared, from the first; one that was compared before it ended is not final. */
  async days(): Promise<{ day: string; is_final: boolean }[]> {
    return (await this.#pool.query<{ day: string; is_final: boolean }>(READ_CURRENT_DAYS)).rows
  }

  /** Deletes a part of what is kept for long enough. @returns how many rows @throws DatabaseError */
  async sweep(keepDays: number, limit: number): Promise<number> {
    let swept = 0
    for (const statement of [DELETE_LEFT, DELETE_OLD_RUNS, DELETE_OLD_DIFFERENCES])
      swept += (await this.#pool.query({ ...statement, values: [keepDays, limit] })).rowCount ?? 0
    return swept
  }
}

/** The payment or refund that a key of ours stands for: what it is called at the bank is its id. */
export const movementOf = (key: string): string | null =>
  PAYMENT_ID_PATTERN.test(key) || REFUND_ID_PATTERN.test(key) ? idToUuid(key) : null

/** Puts the common table expression before a statement that names it. */
function withMovements(text: string): string {
  if (!/\bbank_movements\b/.test(text)) return text
  const statement = text.replace(/^(?:--.*\n)+/, '')
  return statement.startsWith('WITH ')
    ? `WITH ${BANK_MOVEMENTS}, ${statement.slice('WITH '.length)}`
    : `WITH ${BANK_MOVEMENTS} ${statement}`
}

/** The first day of those that lead up to a day without a gap; that day itself, when there is none. @param days  in order */
export function coveredFrom(days: readonly { readonly day: string }[], upTo: string): string {
  let first = upTo
  for (const { day } of days.toReversed()) if (dayAfter(day) === first) first = day
  return first
}
