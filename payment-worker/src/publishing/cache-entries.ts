/** The cache entries of a posted batch: every object that it made or changed, and every balance that it touched. */
import type { Balance } from '@paycluster/contracts'
import type { CacheEntry } from '@paycluster/platform/cache/cache-entry'
import { accountKey, balanceKey, newestEntriesKey, paymentKey, refundKey } from '@paycluster/platform/cache/cache-keys'
import { joinEntries, type AddedEntries } from '@paycluster/platform/cache/newest-entries'
import { formatConsistencyToken } from '@paycluster/platform/consistency/consistency-token'
import { isoTime } from '@paycluster/platform/iso-time'
import type { CommitPosition } from '../posting/ledger-transaction.ts'
import type { BatchBalance, PostedBatch } from '../posting/posted-batch.ts'
import type { WrittenOutcome } from './written-outcome.ts'

/** @param nowMs  when the batch is known to be committed: what `as_of` says */
export function toCacheEntries(
  { position, balances }: PostedBatch,
  outcomes: readonly WrittenOutcome[],
  nowMs: number,
): CacheEntry[] {
  return [
    ...balances.map((balance) => balanceEntry(balance, position, nowMs)),
    ...outcomes.flatMap((outcome) => objectEntries(outcome, position, nowMs)),
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

function balanceEntry(balance: BatchBalance, position: CommitPosition, asOfMs: number): CacheEntry {
  const { accountId, currency, posted, held, version } = balance
  const body: Balance = {
    account_id: accountId,
    currency,
    posted,
    pending_out: held,
    available: posted - held,
    version,
    as_of: isoTime(asOfMs),
  }
  return { ...accountState(balance, position, asOfMs), key: balanceKey(accountId), json: JSON.stringify(body) }
}

/** None of a state that the ledger has moved on from: where the cache was lost, nothing would say so. */
function objectEntries(
  { outcome, json, token }: WrittenOutcome,
  position: CommitPosition,
  asOfMs: number,
): CacheEntry[] {
  const { timeline, lsn } = position
  if (!('isCurrent' in outcome) || !outcome.isCurrent) return []
  if (outcome.type === 'account') {
    const { account, owner } = outcome
    const key = accountKey(account.id)
    return [{ key, version: account.revision, timeline, lsn, asOfMs, owners: [owner], token, json }]
  }
  const { payment, owners } = outcome
  const common = { timeline, lsn, asOfMs, owners, token }
  const entry = { ...common, key: paymentKey(payment.id), version: payment.version, json }
  // Other refunds are final when they are new, and cached by who reads them.
  if (outcome.type !== 'operation' || outcome.refund === undefined || payment.bank === undefined) return [entry]
  const { refund } = outcome
  return [entry, { ...common, key: refundKey(refund.id), version: refund.version, json: JSON.stringify(refund) }]
}
