import type { EntryKind } from '@paycluster/contracts'
import type { Uuid } from './ledger-state.ts'

/** One change of one account. Amounts are signed minor units. */
export interface Leg {
  readonly account: Uuid
  readonly kind: EntryKind
  readonly amount: number
  /** The change of what is pending. */
  readonly held: number
  readonly payment: Uuid
  readonly paymentId: string
  /** The payment's client. */
  readonly client: number
}
