/** The ledger as a judge reads it: primary-view.ts where it can be reached, api-view.ts where only the API can. */
import { idToUuid } from '@paycluster/platform/ids/id-codec'
import type { AccountState } from './account-book.ts'

/** A payment in its final state. Amounts are minor units. */
export interface PostedPayment {
  /** As {@link keyOf} makes it, as source and destination are. */
  readonly key: string
  readonly source: string
  readonly destination: string
  readonly amount: number
  /** A code, or null when it succeeded. */
  readonly failure: string | null
  readonly createdAtMs: number
  /** The version that it gave its source; undefined where it failed, and where the view does not tell. */
  readonly sourceSeq: number | undefined
}

export interface PostedEntry {
  readonly seq: number
  /** Signed. */
  readonly amount: number
  /** An id, or a key of one. */
  readonly payment: string
}

export interface LedgerView {
  readonly source: 'ledger' | 'API'
  /** Payments or accounts at once, at most. */
  readonly chunk: number
  /** Those of the given that are final, by key. @param ids  ids, or keys where the view's entries name those */
  payments(ids: readonly string[]): Promise<Map<string, PostedPayment>>
  /** By id; those that cannot be read are left out. */
  balances(accounts: readonly string[]): Promise<Map<string, AccountState>>
  /** Entries of an account with a higher sequence, in any order. */
  entriesAbove(account: string, seq: number): AsyncIterable<PostedEntry>
  close(): Promise<void>
}

/** What an id stands for, 32 hexadecimal digits: the same for an id and for the ledger's uuid. */
export const keyOf = (id: string): string => (id.includes('_') ? idToUuid(id) : id.replaceAll('-', ''))
