/** What is done by one call of the API, or at one time. */
import type { Label } from '../scenario/patterns.ts'

/** The instance of a suspicious pattern that an act belongs to. */
export interface Suspicion {
  readonly label: Label
  /** Unique in the plan: `velocity-2-1` is the first instance of the scenario's second pattern. */
  readonly instance: string
  /** The accounts that are to be found. */
  readonly accounts: readonly string[]
  /** How many acts carry this label. */
  readonly acts: number
}

interface PlannedAct {
  /** Unique in the plan; with the run's id it makes the idempotency key. */
  readonly number: number
  /** Milliseconds since the start. */
  readonly atMs: number
  /** The number of an act that has to be over before. */
  readonly after?: number
  readonly suspicion?: Suspicion
}

/** A wallet to another one. Amounts are minor units. */
export interface Transfer {
  readonly source: string
  readonly destination: string
  readonly amount: number
}

export interface TransferAct extends PlannedAct, Transfer {
  readonly kind: 'payment' | 'hold'
}
export interface HoldEndAct extends PlannedAct {
  readonly kind: 'capture' | 'cancel'
  /** The number of the hold. */
  readonly of: number
  /** Of a capture; absent: all of it. */
  readonly amount?: number
}
export interface RefundAct extends PlannedAct {
  readonly kind: 'refund'
  /** The number of the payment. */
  readonly of: number
  /** Absent: all of it. */
  readonly amount?: number
}
export interface BankAct extends PlannedAct {
  readonly kind: 'deposit' | 'withdrawal'
  readonly account: string
  readonly amount: number
}
export interface CardAct extends PlannedAct {
  readonly kind: 'card_payment'
  readonly destination: string
  readonly amount: number
  /** Which of the seed's test cards: its number is made where it is sent, and stands nowhere else. */
  readonly card: number
  /** Whether the bank declines that card. */
  readonly isDeclined: boolean
}
export interface BatchAct extends PlannedAct {
  readonly kind: 'batch'
  readonly payments: readonly Transfer[]
}
export interface BlockAct extends PlannedAct {
  readonly kind: 'block' | 'unblock'
  readonly account: string
}
export interface ReadAct extends PlannedAct {
  readonly kind: 'balance' | 'statement'
  readonly account: string
}

export type Act = TransferAct | HoldEndAct | RefundAct | BankAct | CardAct | BatchAct | BlockAct | ReadAct
export type ActKind = Act['kind']

/** Acts that end what an earlier one began: a run that is stopped still does them. */
export const isClosing = ({ kind }: Act): boolean => kind === 'capture' || kind === 'cancel' || kind === 'unblock'
