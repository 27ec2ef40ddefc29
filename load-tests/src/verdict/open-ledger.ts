import type { Target } from '../target/target.ts'
import type { AccountState } from './account-book.ts'
import { apiView } from './api-view.ts'
import type { LedgerView } from './ledger-view.ts'
import { primaryView } from './primary-view.ts'

export const openLedger = (target: Target): LedgerView =>
  target.cluster === undefined ? apiView(target) : primaryView(target.cluster)

/** The balances of any number of accounts. */
export async function readBalances(
  ledger: Pick<LedgerView, 'balances' | 'chunk'>,
  accounts: readonly string[],
): Promise<Map<string, AccountState>> {
  const balances = new Map<string, AccountState>()
  for (let from = 0; from < accounts.length; from += ledger.chunk)
    for (const [id, state] of await ledger.balances(accounts.slice(from, from + ledger.chunk))) balances.set(id, state)
  return balances
}
