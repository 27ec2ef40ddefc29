import type { Decision } from '../decisions.ts'
import type { LedgerState, Uuid } from '../ledger-state.ts'
import { spentOn } from './limit-state.ts'

const DAY_MS = 86_400_000

/** The day of UTC, as PostgreSQL's date. */
export const dayOf = (atMs: number): string => new Date(atMs - (atMs % DAY_MS)).toISOString().slice(0, 10)

/** Minor units that an account with a limit of a day has spent. */
export interface Spending {
  /** On that day, before the batch. */
  readonly before: number
  /** In the batch. */
  readonly spent: number
}

/**
 * What each account with a limit of a day spends in a batch: payments, holds and withdrawals that come behind its limit.
 * They count when they are made, whatever becomes of them.
 *
 * @param atMs  the time of the batch
 */
export function spendingOf(
  decisions: readonly Decision[],
  { balances }: LedgerState,
  atMs: number,
): ReadonlyMap<Uuid, Spending> {
  const spending = new Map<Uuid, Spending>()
  const limited = new Set<Uuid>()
  for (const [account, { dailyLimit }] of balances) if (dailyLimit !== null) limited.add(account)
  if (limited.size === 0 && !decisions.some(({ kind }) => kind === 'limit change')) return spending
  const day = dayOf(atMs)
  for (const decision of decisions) {
    if (decision.kind === 'limit change') {
      if (decision.limits.perDay === null) limited.delete(decision.change.account)
      else limited.add(decision.change.account)
    }
    if (decision.kind !== 'payment' && decision.kind !== 'bank payment') continue
    const { source, command } = decision.payment
    if (decision.failure !== null || !limited.has(source)) continue
    const balance = balances.get(source)
    const before = balance === undefined ? 0 : spentOn(balance, day)
    spending.set(source, { before, spent: (spending.get(source)?.spent ?? 0) + command.amount })
  }
  return spending
}
