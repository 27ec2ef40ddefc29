import type { Account } from '@paycluster/contracts'
import { accountKey } from '@paycluster/platform/cache/cache-keys'
import { formatConsistencyToken } from '@paycluster/platform/consistency/consistency-token'
import { parseLsn } from '@paycluster/platform/consistency/lsn'
import { loadText } from '@paycluster/platform/load-text'
import type { ObjectKind } from '../reads/object-reader.ts'

/** An account as the ledger holds it. */
export interface AccountRow {
  /** 32 hexadecimal digits. */
  readonly id: string
  readonly client_id: number
  readonly kind: Account['kind']
  readonly currency: string
  readonly status: Account['status']
  readonly external_id: string | null
  readonly metadata: Record<string, string>
  readonly created_at: string
  readonly revision: number
  readonly lsn: string
}

/** The account as the API shows it. */
export function toAccount(row: AccountRow, id: string): Account {
  const { kind, currency, status, external_id, metadata, created_at, revision } = row
  return { id, kind, currency, status, external_id, metadata, created_at, revision }
}

/** Accounts, by id. */
export const accountKind: ObjectKind<AccountRow> = {
  versions: 'revisions',
  query: {
    name: 'read-accounts',
    text: loadText(import.meta.url, './read-accounts.sql'),
    keyOf: (row) => row.id,
  },
  cacheKey: accountKey,
  toEntry: (row, { timeline, lsn, asOfMs }, id) => ({
    key: accountKey(id),
    version: row.revision,
    timeline,
    lsn,
    asOfMs,
    owners: [row.client_id],
    token: formatConsistencyToken(timeline, parseLsn(row.lsn), []),
    json: JSON.stringify(toAccount(row, id)),
  }),
}
