import type { BankRail } from '@paycluster/contracts'
import type { SpendingLimits } from '../limits/limit-state.ts'

/** What a client may spend of a currency, over all of its accounts. Amounts in minor units. */
export interface ClientLimitState extends SpendingLimits {
  /** What was spent under a limit on a day of UTC, the last one on which something was. */
  readonly spentOn: string | null
  readonly spent: number
}

/** The terms of a client, as the ledger holds them. */
export interface ClientTermsState {
  readonly revision: number
  /** Basis points; null: as the settings have it. */
  readonly commissions: Readonly<Record<BankRail, number | null>>
  /** By currency. */
  readonly limits: ReadonlyMap<string, ClientLimitState>
}

/** By client. One that is missing has no terms of its own. */
export type TermsState = ReadonlyMap<number, ClientTermsState>
