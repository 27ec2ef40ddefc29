import { HOUSE_CLIENT } from '@paycluster/platform/ids/house-accounts'
import type { BatchLimitChange } from '../batch-command.ts'
import type { NewLimitChange, RefusedCommand, RepeatedLimitChange } from '../decisions.ts'
import type { RunningLedger } from '../running-ledger.ts'
import type { Limits } from './limit-state.ts'

/** That the caller may ask for it, its scope has said: of whomever's account. */
export function decideLimitChange(
  ledger: RunningLedger,
  change: BatchLimitChange,
): NewLimitChange | RepeatedLimitChange | RefusedCommand {
  const { command } = change
  const before = ledger.accountOf(change.account)
  const balance = ledger.balanceOf(change.account)
  const isThere = before !== undefined && balance !== undefined && before.client !== HOUSE_CLIENT
  if (!isThere || !ledger.isAccountOf(command.account, before.client))
    return { kind: 'refused', command: change, problem: 'not_found' }
  const row = ledger.state.limitChanges?.get(change.id)
  if (row !== undefined) return { kind: 'repeated limit change', change, row, account: before }
  const limits: Limits = {
    overdraft: command.overdraft,
    perPayment: command.per_payment,
    perDay: command.per_day,
  }
  if (balance.posted - balance.held < -limits.overdraft)
    return { kind: 'refused', command: change, problem: 'overdraft_in_use' }
  const after = { ...before, revision: before.revision + 1 }
  ledger.setAccount(change.account, after)
  balance.minAvailable = limits.overdraft === 0 ? 0 : -limits.overdraft
  balance.paymentLimit = limits.perPayment
  balance.dailyLimit = limits.perDay
  return { kind: 'limit change', change, limits, after }
}
