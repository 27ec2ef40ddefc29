import type { Decision } from '../decisions.ts'
import { dayOf } from '../limits/spending.ts'
import { spentOn } from '../limits/limit-state.ts'
import type { TermsState } from './term-state.ts'

/** Minor units that a client with a limit of a day has spent. */
export interface ClientSpending {
  readonly client: number
  readonly currency: string
  /** On that day, before the batch. */
  readonly before: number
  /** In the batch. */
  spent: number
}

/**
 * What each client with a limit of a day spends in a batch: payments, holds and withdrawals. They count when they are
 * made, whatever becomes of them.
 *
 * @param atMs  the time of the batch
 * @returns by client and currency, the order in which rows are locked
 */
export function clientSpendingOf(
  decisions: readonly Decision[],
  terms: TermsState | undefined,
  atMs: number,
): readonly ClientSpending[] {
  if (terms === undefined || terms.size === 0) return []
  const day = dayOf(atMs)
  const spending = new Map<string, ClientSpending>()
  for (const decision of decisions) {
    if (decision.kind !== 'payment' && decision.kind !== 'bank payment') continue
    if (decision.failure !== null || (decision.kind === 'bank payment' && decision.bank.rail !== 'withdrawal')) continue
    const { client, currency, amount } = decision.payment.command
    const limit = terms.get(client)?.limits.get(currency)
    if (limit === undefined || limit.dailyLimit === null) continue
    const key = `${String(client)} ${currency}`
    const counted = spending.get(key) ?? { client, currency, before: spentOn(limit, day), spent: 0 }
    counted.spent += amount
    spending.set(key, counted)
  }
  return [...spending.values()].sort((a, b) => a.client - b.client || (a.currency < b.currency ? -1 : 1))
}
