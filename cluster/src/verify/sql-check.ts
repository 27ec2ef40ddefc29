/** Runs one of `invariants/*.sql`: each returns one row of what was checked, what is wrong, and the first of it. */
import type { ClientBase } from 'pg'
import { loadText } from '@paycluster/platform/load-text'
import type { Finding, OffendingRow } from './invariant.ts'

interface SqlFinding {
  /** bigint, as text. */
  readonly checked: string
  readonly violations: string
  readonly rows: readonly OffendingRow[] | null
}

export type InvariantQuery =
  | 'i1-currencies-sum-to-zero'
  | 'i2-balances-follow-from-entries'
  | 'i3-payments-match-their-entries'
  | 'i4-available-above-limit'
  | 'i5-captured-and-refunded'
  | 'i6-accepted'

/** @param records  the query's $1, where it has one */
export async function runSqlCheck(
  client: ClientBase,
  name: InvariantQuery,
  records?: readonly object[],
): Promise<Finding> {
  const sql = loadText(import.meta.url, `./invariants/${name}.sql`)
  const result = await client.query<SqlFinding>(sql, records === undefined ? [] : [JSON.stringify(records)])
  const [row] = result.rows
  if (row === undefined) throw new Error(`${name}.sql returned nothing`)
  return { checked: Number(row.checked), violations: Number(row.violations), rows: row.rows ?? [] }
}
