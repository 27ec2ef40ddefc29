/** What a batch reads of the ledger before it decides. Ids here are the ledger's uuids, as 32 hexadecimal digits. */
import type { Account, FailureCode } from '@paycluster/contracts'

export type Uuid = string

/** The part of an account that decides payments. Amounts in minor units. */
export interface BalanceState {
  readonly client: number
  readonly currency: string
  readonly status: 'active' | 'blocked'
  readonly posted: number
  readonly held: number
  /** What `posted - held` must not fall below. */
  readonly minAvailable: number
  readonly version: number
}

/** A payment as the ledger holds it. */
export interface PaymentRow {
  readonly client: number
  readonly counterparty: number | null
  readonly unknownDestination: string | null
  readonly status: 'succeeded' | 'failed'
  readonly failure: FailureCode | null
  readonly source: Uuid
  readonly destination: Uuid
  readonly sourceSeq: number | null
  readonly destinationSeq: number | null
  readonly amount: number
  readonly currency: string
  readonly reference: string | null
  readonly description: string | null
  readonly metadata: Readonly<Record<string, string>>
  readonly fingerprint: string
  readonly createdAtMs: number
  readonly postedAtMs: number
  readonly version: number
}

/** An account as the ledger holds it. */
export interface AccountRow {
  readonly client: number
  readonly kind: Account['kind']
  readonly currency: string
  readonly status: 'active' | 'blocked'
  readonly externalId: string | null
  readonly metadata: Readonly<Record<string, string>>
  readonly fingerprint: string
  readonly createdAtMs: number
  readonly revision: number
}

/** A missing key is a missing row. */
export interface LedgerState {
  readonly balances: ReadonlyMap<Uuid, BalanceState>
  readonly payments: ReadonlyMap<Uuid, PaymentRow>
  readonly accounts: ReadonlyMap<Uuid, AccountRow>
  /** References taken by payments that did not fail, as {@link referenceKey}. */
  readonly references: ReadonlySet<string>
}

/** One key for a client's reference. A client number holds no space, so that no two pairs share one. */
export const referenceKey = (client: number, reference: string): string => `${client} ${reference}`
