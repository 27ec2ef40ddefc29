/** What an account may spend, in minor units. */
export interface Limits {
  readonly overdraft: number
  readonly perPayment: number | null
  readonly perDay: number | null
}

/** A change of limits that the ledger has already. */
export interface LimitChangeRow {
  readonly fingerprint: string
  readonly limits: Limits
  /** Of the account after it. */
  readonly revision: number
}
