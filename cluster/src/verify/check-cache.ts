/**
 * I8: what the cache holds is what the primary has, or had, at the same version, and never newer.
 *
 * Redis is read before the primary, chunk by chunk: the worker writes the cache after its commit, so that whatever was read
 * there is in the primary's next snapshot. That holds under load; an entry that was overtaken is old, not wrong.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import { compareCached } from '@paycluster/platform/verification/compare-cached'
import { add, MAX_ROWS, NOTHING, type Finding } from './invariant.ts'
import { inSnapshot } from './snapshot.ts'

/**
 * A commit that waits for its quorum is visible on a replica before it is on the primary, and the cache may have been
 * filled from there: what is wrong is looked at again, against the primary of a moment later.
 */
const SETTLE_MS = 1_000
const SETTLE_INTERVAL_MS = 100
/** Keys a round: one SCAN, one MGET, one snapshot with up to five statements. */
const KEYS_PER_ROUND = 2_000

/** @throws Error when Redis or the primary does not answer */
export async function checkCache(
  primaryUrl: string,
  redis: Redis,
  codec: IdCodec,
  settleMs: number = SETTLE_MS,
): Promise<Finding> {
  let total: Finding = NOTHING
  let otherTimelines = 0
  let cursor = '0'
  do {
    const [next, keys] = await redis.scan(cursor, 'COUNT', KEYS_PER_ROUND)
    cursor = next
    if (keys.length === 0) continue
    const values = await redis.mget(keys)
    const round = await settle(settleMs, () => checkRound(primaryUrl, codec, keys, values))
    total = add(total, round.finding)
    otherTimelines += round.otherTimelines
  } while (cursor !== '0')
  const skipped = `${String(otherTimelines)} entries of an earlier timeline not compared: no reader answers with them`
  return otherTimelines === 0 ? total : add(total, { ...NOTHING, notes: [skipped] })
}

interface Round {
  readonly finding: Finding
  readonly otherTimelines: number
}

async function settle(settleMs: number, round: () => Promise<Round>): Promise<Round> {
  const deadline = performance.now() + settleMs
  let found = await round()
  while (found.finding.violations > 0 && performance.now() < deadline) {
    await delay(SETTLE_INTERVAL_MS)
    found = await round()
  }
  return found
}

async function checkRound(
  primaryUrl: string,
  codec: IdCodec,
  keys: readonly string[],
  values: readonly (string | null)[],
): Promise<Round> {
  const compared = await inSnapshot(primaryUrl, (client) => compareCached(client, codec, keys, values))
  const { checked, violations, otherTimelines } = compared
  return {
    finding: { checked, violations, rows: compared.faults.slice(0, MAX_ROWS).map((fault) => ({ ...fault })) },
    otherTimelines,
  }
}
