/** Whether the ledger holds exactly what the backlog asked for. */
import { idToUuid } from '@paycluster/platform/ids/id-codec'
import type pg from 'pg'
import type { BacklogCounts } from './backlog-commands.ts'

/** The merchant's account at one moment. */
export interface MerchantState {
  readonly postedMinor: number
  readonly version: number
}

export async function readMerchant(client: pg.Client, merchant: string): Promise<MerchantState> {
  const { rows } = await client.query<{ posted: string; version: string }>(
    'SELECT posted, version FROM account_balances WHERE account_id = $1::uuid',
    [idToUuid(merchant)],
  )
  return { postedMinor: Number(rows[0]?.posted), version: Number(rows[0]?.version) }
}

export interface Comparison {
  readonly what: string
  readonly expected: number
  readonly found: number
}

const IDS_PER_QUERY = 20_000

/** @param commands  how far the ledger's offsets moved */
export async function compareBacklog(
  client: pg.Client,
  ids: readonly string[],
  counts: BacklogCounts,
  merchant: { readonly before: MerchantState; readonly after: MerchantState },
  commands: number,
): Promise<Comparison[]> {
  const found = { succeeded: 0, declined: 0, other: 0 }
  for (let from = 0; from < ids.length; from += IDS_PER_QUERY) {
    const { rows } = await client.query<{ failure: string | null; count: number }>(
      'SELECT failure, count(*)::int AS count FROM payments WHERE id = ANY ($1::uuid[]) GROUP BY failure',
      [ids.slice(from, from + IDS_PER_QUERY).map(idToUuid)],
    )
    for (const { failure, count } of rows) {
      if (failure === null) found.succeeded += count
      else if (failure === 'insufficient_funds') found.declined += count
      else found.other += count
    }
  }
  const { before, after } = merchant
  const rows = found.succeeded + found.declined + found.other
  return [
    { what: 'succeeded', expected: counts.succeeded, found: found.succeeded },
    { what: 'declined for insufficient funds', expected: counts.declined, found: found.declined },
    { what: 'declined for anything else', expected: 0, found: found.other },
    { what: 'repeated commands dropped', expected: counts.repeated, found: commands - rows },
    { what: 'entries of the merchant', expected: counts.succeeded, found: after.version - before.version },
    {
      what: 'paid to the merchant, minor units',
      expected: counts.paidMinor,
      found: after.postedMinor - before.postedMinor,
    },
  ]
}
