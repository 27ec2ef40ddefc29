/** The cache entries of a posted batch: every object that it made or changed, and every balance that it touched. */
import type { Balance } from '@paycluster/contracts'
import type { CacheEntry } from '@paycluster/platform/cache/cache-entry'
import { accountKey, balanceKey, newestEntriesKey, paymentKey } from '@paycluster/platform/cache/cache-keys'
import { joinEntries, type AddedEntries } from '@paycluster/platform/cache/newest-entries'
import { formatConsistencyToken } from '@paycluster/platform/consistency/consistency-token'
import type { CommitPosition } from '../posting/ledger-transaction.ts'
import type { BatchBalance, CommandOutcome, PostedBatch } from '../posting/posted-batch.ts'

/** The consistency token of an outcome: its commit, and the versions that it gave its accounts. */
export function tokenOf(outcome: CommandOutcome, { timeline, lsn }: CommitPosition): string {
  return formatConsistencyToken(timeline, lsn, outcome.type === 'payment' ? outcome.sequences : [])
}

/** @param nowMs  when the batch is known to be committed: what `as_of` says */
export function toCacheEntries({ position, outcomes, balances }: PostedBatch, nowMs: number): CacheEntry[] {
  const asOf = new Date(nowMs).toISOString()
  return [
    ...balances.map((balance) => balanceEntry(balance, position, nowMs, asOf)),
    ...outcomes.map((outcome) => objectEntry(outcome, position, nowMs)),
  ]
}

/** What the batch adds to the newest entries of its accounts. */
export function toAddedEntries({ position, balances }: PostedBatch, nowMs: number): AddedEntries[] {
  return balances
    .filter(({ added }) => added > 0)
    .map((balance) => ({
      entry: {
        ...accountState(balance, position, nowMs),
        key: newestEntriesKey(balance.accountId),
        json: joinEntries(balance.newest),
      },
      after: balance.version - balance.added,
    }))
}

/** All of an account's cache entry but its key and body. */
function accountState(
  { accountId, owner, version }: BatchBalance,
  position: CommitPosition,
  asOfMs: number,
): Omit<CacheEntry, 'key' | 'json'> {
  const token = formatConsistencyToken(position.timeline, position.lsn, [[accountId, version]])
  return { version, ...position, asOfMs, owners: [owner], token }
}

function balanceEntry(balance: BatchBalance, position: CommitPosition, asOfMs: number, as_of: string): CacheEntry {
  const { accountId, currency, posted, held, version } = balance
  const body: Balance = {
    account_id: accountId,
    currency,
    posted,
    pending_out: held,
    available: posted - held,
    version,
    as_of,
  }
  return { ...accountState(balance, position, asOfMs), key: balanceKey(accountId), json: JSON.stringify(body) }
}

function objectEntry(outcome: CommandOutcome, position: CommitPosition, asOfMs: number): CacheEntry {
  const common = { ...position, asOfMs, token: tokenOf(outcome, position) }
  if (outcome.type === 'account') {
    const { account, owner } = outcome
    const key = accountKey(account.id)
    return { ...common, key, version: account.revision, owners: [owner], json: JSON.stringify(account) }
  }
  const { payment, owners } = outcome
  return { ...common, key: paymentKey(payment.id), version: payment.version, owners, json: JSON.stringify(payment) }
}
