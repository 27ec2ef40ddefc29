/** What a batch reads of the ledger before it decides. Ids here are the ledger's uuids, as 32 hexadecimal digits. */
import type {
  Account,
  BankRail,
  Card,
  FailureCode,
  OperationFailureCode,
  OperationKind,
  PaymentStatus,
  RefundSettlement,
} from '@paycluster/contracts'
import type { AccessState } from './access/access-state.ts'
import type { LettersState } from './letters/letter-state.ts'
import type { LimitChangeRow } from './limits/limit-state.ts'
import type { TermsState } from './terms/term-state.ts'

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
  /** The most of one payment, and of a day; null for no limit. */
  readonly paymentLimit: number | null
  readonly dailyLimit: number | null
  /** What was spent under a limit on a day of UTC, the last one on which something was. */
  readonly spentOn: string | null
  readonly spent: number
}

/** What a payment can be in the ledger: one that is queued is not there yet. */
export type LedgerPaymentStatus = Exclude<PaymentStatus, 'queued'>

/** A payment as the ledger holds it. Amounts in minor units. */
export interface PaymentRow {
  readonly client: number
  readonly counterparty: number | null
  readonly unknownDestination: string | null
  readonly status: LedgerPaymentStatus
  readonly failure: FailureCode | null
  readonly source: Uuid
  readonly destination: Uuid
  /** The sequences of its first entries: that of a hold, or the two of a payment without one. */
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
  /** When its hold ends; null for a payment without one. */
  readonly holdUntilMs: number | null
  /** What the destination of a hold received; null for a payment without one, and until it is captured. */
  readonly captured: number | null
  /** Null for nothing. */
  readonly refunded: number | null
  /** When a hold became final, or a bank had answered. */
  readonly completedAtMs: number | null
  /** Null for a payment between accounts. */
  readonly bank: BankSide | null
}

/** What a payment has of a bank. */
export interface BankSide {
  readonly rail: BankRail
  /** Minor units of commission. */
  readonly fee: number
  readonly reference: string | null
  readonly card: Card | null
}

/** An operation on a payment, as the ledger holds it. */
export interface OperationRow {
  readonly payment: Uuid
  /** Of a refund that its client may not ask for: the payment as the client wrote it. */
  readonly unknownPayment: string | null
  readonly kind: OperationKind
  readonly failure: OperationFailureCode | null
  readonly amount: number | null
  readonly reason: string | null
  readonly fingerprint: string
  readonly sourceSeq: number | null
  readonly destinationSeq: number | null
  /** Of the commission. */
  readonly feeSeq: number | null
  /** Of the payment after it; null when it failed. */
  readonly paymentVersion: number | null
  /** Of the payment after a refund, or after a bank's answer to one. */
  readonly refunded: number | null
  readonly createdAtMs: number
  readonly postedAtMs: number
  /** Of a refund in which a bank has a part. */
  readonly settlement: RefundSettlement | null
  /** When the bank had answered. */
  readonly settledAtMs: number | null
}

/** A block of an account or its end, as the ledger holds it. */
export interface BlockChangeRow {
  readonly account: Uuid
  readonly fingerprint: string
  /** Of the account after it. */
  readonly revision: number
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
  /** Those whose command came again, and those that an operation names. */
  readonly payments: ReadonlyMap<Uuid, PaymentRow>
  readonly operations: ReadonlyMap<Uuid, OperationRow>
  readonly blockChanges: ReadonlyMap<Uuid, BlockChangeRow>
  /** Those whose command came again, and those that a block change names. */
  readonly accounts: ReadonlyMap<Uuid, AccountRow>
  /** References taken by payments that did not fail, as {@link referenceKey}. */
  readonly references: ReadonlySet<string>
  /** Of clients who pay, and of those whom banks and cards pay. */
  readonly terms?: TermsState
  /** Of a batch that changes limits. */
  readonly limitChanges?: ReadonlyMap<Uuid, LimitChangeRow>
  /** Of a batch that changes who may call. */
  readonly access?: AccessState
  /** Of a batch about dead letters. */
  readonly letters?: LettersState
}

/** One key for a client's reference. A client number holds no space, so that no two pairs share one. */
export const referenceKey = (client: number, reference: string): string => `${client} ${reference}`
