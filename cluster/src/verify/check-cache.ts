/**
 * I8: what the cache holds is what the primary has, or had, at the same version, and never newer.
 *
 * Redis is read before the primary, chunk by chunk: the worker writes the cache after its commit, so that whatever was read
 * there is in the primary's next snapshot. That holds under load; an entry that was overtaken is old, not wrong.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { Client } from 'pg'
import { formatLsn, parseLsn, type Lsn } from '@paycluster/platform/consistency/lsn'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import { decodeCached, type CachedRecord } from './cached-record.ts'
import { add, findingOf, NOTHING, type Finding, type OffendingRow } from './invariant.ts'
import { runSqlCheck, type InvariantQuery } from './sql-check.ts'
import { inSnapshot } from './snapshot.ts'

/**
 * A commit that waits for its quorum is visible on a replica before it is on the primary, and the cache may have been
 * filled from there: what is wrong is looked at again, against the primary of a moment later.
 */
const SETTLE_MS = 1_000
const SETTLE_INTERVAL_MS = 100
/** Keys a round: one SCAN, one MGET, one snapshot with up to five statements. */
const KEYS_PER_ROUND = 2_000

interface PrimaryPosition {
  readonly timeline: number
  readonly lsn: Lsn
}

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
  const records: CachedRecord[] = []
  const unusable: OffendingRow[] = []
  keys.forEach((key, index) => {
    const value = values[index]
    // Expired between SCAN and MGET.
    if (value === null || value === undefined) return
    const decoded = decodeCached(codec, key, value)
    if (decoded === 'foreign') return
    if ('problem' in decoded) unusable.push({ key, ...decoded })
    else records.push(decoded)
  })
  return inSnapshot(primaryUrl, async (client) => {
    const position = await readPosition(client)
    const future = records.filter(({ entry }) => isAhead(entry, position))
    const comparable = records.filter(({ entry }) => entry.timeline === position.timeline)
    let finding = findingOf(unusable.length, [...unusable, ...future.map((record) => futureRow(record, position))])
    for (const query of new Set(comparable.map((record) => record.query))) {
      finding = add(finding, await runSqlCheck(client, query, recordsOf(comparable, query)))
    }
    const otherTimelines = records.filter(({ entry }) => entry.timeline < position.timeline).length
    return { finding, otherTimelines }
  })
}

/** A key that SCAN gives twice is compared twice, which costs little and changes nothing. */
const recordsOf = (records: readonly CachedRecord[], query: InvariantQuery): object[] =>
  records.filter((record) => record.query === query).map(({ record }) => record)

const isAhead = (entry: CachedRecord['entry'], { timeline, lsn }: PrimaryPosition): boolean =>
  entry.timeline > timeline || (entry.timeline === timeline && entry.lsn > lsn)

const futureRow = ({ entry }: CachedRecord, { timeline, lsn }: PrimaryPosition): OffendingRow => ({
  key: entry.key,
  problem: 'from a log position that the primary has not reached',
  expected: `at most ${String(timeline)}:${formatLsn(lsn)}`,
  found: `${String(entry.timeline)}:${formatLsn(entry.lsn)}`,
})

/** The timeline is the first eight hexadecimal digits of the name of the log file being written. */
async function readPosition(client: Client): Promise<PrimaryPosition> {
  const result = await client.query<{ lsn: string; timeline: string }>(
    'SELECT pg_current_wal_lsn()::text AS lsn, left(pg_walfile_name(pg_current_wal_lsn()), 8) AS timeline',
  )
  const [row] = result.rows
  if (row === undefined) throw new Error('the primary did not say where it stands')
  return { lsn: parseLsn(row.lsn), timeline: parseInt(row.timeline, 16) }
}
