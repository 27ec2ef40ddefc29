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

/** The most of one payment, and of a day; null for no limit. In minor units, as all of these. */
export interface SpendingLimits {
  readonly paymentLimit: number | null
  readonly dailyLimit: number | null
}

/** Whether an amount is more than may be spent at once, or on a day on which some has been spent. */
export const isAboveLimit = ({ paymentLimit, dailyLimit }: SpendingLimits, spent: number, amount: number): boolean =>
  (paymentLimit !== null && amount > paymentLimit) || (dailyLimit !== null && spent + amount > dailyLimit)

/** What was spent on a day of UTC, of what is known of the last one on which something was. */
export const spentOn = (
  { spentOn: last, spent }: { readonly spentOn: string | null; readonly spent: number },
  day: string,
): number => (last === day ? spent : 0)
