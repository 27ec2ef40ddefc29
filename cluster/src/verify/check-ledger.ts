/** I1 to I5: the ledger by itself, on one snapshot, so that it holds under load as well as at rest. */
import type { Client } from 'pg'
import { check, unchecked, type InvariantResult } from './invariant.ts'
import { runSqlCheck, type InvariantQuery } from './sql-check.ts'
import { inSnapshot } from './snapshot.ts'

const LEDGER_CHECKS: readonly (readonly [id: string, title: string, query: InvariantQuery])[] = [
  ['I1', 'all balances of a currency sum to zero', 'i1-currencies-sum-to-zero'],
  ['I2', 'balances and sequences follow from entries', 'i2-balances-follow-from-entries'],
  ['I3', 'payments match their entries, which sum to zero', 'i3-payments-match-their-entries'],
  ['I4', 'no available balance below its limit', 'i4-available-above-limit'],
  ['I5', 'captures ≤ authorised, refunds ≤ captured', 'i5-captured-and-refunded'],
]

/** @param primaryUrl  as payments_monitor */
export async function checkLedger(primaryUrl: string): Promise<InvariantResult[]> {
  return inSnapshot(primaryUrl, runAll).catch((error: unknown) =>
    LEDGER_CHECKS.map(([id, title]) => unchecked(id, title, error)),
  )
}

async function runAll(client: Client): Promise<InvariantResult[]> {
  const results: InvariantResult[] = []
  for (const [id, title, query] of LEDGER_CHECKS) results.push(await check(id, title, () => runSqlCheck(client, query)))
  return results
}
