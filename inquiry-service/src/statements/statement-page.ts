import type { Entry } from '@paycluster/contracts'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import type { BalanceRow } from '../balances/balance-kind.ts'

/** The balance, and one entry of the piece if there is one. */
export interface PageRow extends Omit<BalanceRow, 'id'> {
  readonly ord: number | null
  readonly seq: number
  /** 32 hexadecimal digits. */
  readonly payment_id: string
  readonly payment_client_id: number
  readonly kind: Entry['kind']
  readonly amount: number
  readonly balance_after: number
  /** The change of what is pending; null for none. */
  readonly entry_held: number | null
  /** What is pending after it; null for nothing. */
  readonly held_after: number | null
  readonly created_at: string
}

/** Entries to show, and below which sequence the next page lies: undefined at the end. */
export interface StatementPage {
  readonly entries: readonly Entry[]
  readonly nextSeq: number | undefined
}

/**
 * Makes a page of what was looked at.
 *
 * @param rows  as read-page.sql returns them
 * @param sign  1 in, -1 out, 0 both
 * @param limit  entries a page
 * @param scanned  how many entries the query looked at, at most; `limit` at least
 * @param least  the lowest sequence of the list
 */
export function toStatementPage(
  ids: IdCodec,
  rows: readonly PageRow[],
  { sign, limit, scanned, least }: { sign: number; limit: number; scanned: number; least: number },
): StatementPage {
  const seen = rows.filter((row) => row.ord !== null)
  const matching = seen.filter((row) => sign === 0 || Math.sign(row.amount) === sign)
  const shown = matching.slice(0, limit)
  const last = matching.length >= limit ? shown.at(-1) : seen.find((row) => row.ord === scanned)
  return {
    entries: shown.map((row) => toEntry(ids, row)),
    nextSeq: last === undefined || last.seq <= least ? undefined : last.seq,
  }
}

/** As the worker writes it into the cache, member by member in the same order. */
function toEntry(ids: IdCodec, row: PageRow): Entry {
  return {
    seq: row.seq,
    payment_id: ids.fromUuid('pay', row.payment_id, row.payment_client_id),
    kind: row.kind,
    amount: row.amount,
    balance_after: row.balance_after,
    // Undefined members are not written.
    pending_amount: row.entry_held ?? undefined,
    pending_after: row.held_after ?? undefined,
    created_at: row.created_at,
  }
}
