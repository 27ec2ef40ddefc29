import type { Balance } from '@paycluster/contracts'
import type { CacheEntry } from '@paycluster/platform/cache/cache-entry'
import { balanceKey } from '@paycluster/platform/cache/cache-keys'
import { formatConsistencyToken } from '@paycluster/platform/consistency/consistency-token'
import { parseLsn } from '@paycluster/platform/consistency/lsn'
import { loadText } from '@paycluster/platform/load-text'
import type { ReadSource } from '@paycluster/platform/postgres/read-router'
import type { ObjectKind } from '../reads/object-reader.ts'

/** A balance as the ledger holds it, in minor units. */
export interface BalanceRow {
  /** 32 hexadecimal digits. */
  readonly id: string
  readonly client_id: number
  readonly currency: string
  readonly posted: number
  readonly held: number
  readonly version: number
  readonly lsn: string
}

/** Balances, by account id. */
export const balanceKind: ObjectKind<BalanceRow> = {
  versions: 'postings',
  query: {
    name: 'read-balances',
    text: loadText(import.meta.url, './read-balances.sql'),
    keyOf: (row) => row.id,
  },
  cacheKey: balanceKey,
  toEntry: balanceEntry,
}

/** The cache entry of a balance: `as_of` is when this version was known to be the current one. */
export function balanceEntry(row: Omit<BalanceRow, 'id'>, source: ReadSource, id: string): CacheEntry {
  const { currency, posted, held, version } = row
  const body: Balance = {
    account_id: id,
    currency,
    posted,
    pending_out: held,
    available: posted - held,
    version,
    as_of: new Date(source.asOfMs).toISOString(),
  }
  return {
    key: balanceKey(id),
    version,
    timeline: source.timeline,
    lsn: source.lsn,
    asOfMs: source.asOfMs,
    owners: [row.client_id],
    token: formatConsistencyToken(source.timeline, parseLsn(row.lsn), [[id, version]]),
    json: JSON.stringify(body),
  }
}
