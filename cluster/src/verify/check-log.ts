/** I6, what the log says: no command on Kafka that the ledger has not posted. */
import type { Admin } from 'kafkajs'
import { Client } from 'pg'
import { COMMANDS_TOPIC } from '@paycluster/contracts'
import { ClusterError } from '../cluster-error.ts'
import { waitUntil } from '../wait.ts'
import { findingOf, type Finding, type OffendingRow } from './invariant.ts'
import { partitionRanges, type PartitionRange } from '@paycluster/platform/kafka/log-offsets'

const CONNECT_TIMEOUT_MS = 5_000

/**
 * Waits until the ledger's offsets cover what was on the log when this began: commands that come later are not waited for,
 * so that it ends under load as well.
 *
 * @param waitMs  the deadline of an accepted command
 */
export async function checkLog(primaryUrl: string, admin: Admin, waitMs: number): Promise<Finding> {
  const ranges = await partitionRanges(admin, COMMANDS_TOPIC)
  const client = new Client({
    connectionString: primaryUrl,
    application_name: 'verify',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const ledger = (): Promise<Map<number, number>> => ledgerOffsets(client)
    await waitUntil('the ledger to post the log', waitMs, async () => {
      const behind = compare(ranges, await ledger()).filter(({ problem }) => problem === BEHIND)
      return behind.length === 0 ? undefined : `${String(behind.length)} partitions are behind`
    }).catch((error: unknown) => {
      if (!(error instanceof ClusterError) || error.code !== 'timed_out') throw error
    })
    const offsets = await ledger()
    // Read after the ledger: the log is never behind it, unless it has lost what it had.
    const later = await partitionRanges(admin, COMMANDS_TOPIC)
    const checked = ranges.reduce((sum, { high }) => sum + high, 0)
    return findingOf(
      checked,
      [...compare(ranges, offsets), ...truncated(later, offsets)],
      [`${String(checked)} commands on the log`],
    )
  } finally {
    await client.end().catch(() => undefined)
  }
}

const BEHIND = 'accepted commands are not posted'

function compare(ranges: readonly PartitionRange[], ledger: ReadonlyMap<number, number>): OffendingRow[] {
  return ranges.flatMap(({ partition, low, high }): OffendingRow[] => {
    const next = ledger.get(partition)
    const row = { partition, ledger_next_offset: next ?? null, log_begin: low, log_end: high }
    if ((next ?? 0) < low) return [{ problem: 'commands were deleted from the log before they were posted', ...row }]
    if ((next ?? 0) < high) return [{ problem: BEHIND, ...row }]
    return []
  })
}

/** A log that began anew, or lost its end: the worker would pass over what is written there now. */
function truncated(ranges: readonly PartitionRange[], ledger: ReadonlyMap<number, number>): OffendingRow[] {
  return [...ledger].flatMap(([partition, next]): OffendingRow[] => {
    const high = ranges.find((range) => range.partition === partition)?.high ?? 0
    if (next <= high) return []
    return [
      { problem: 'the log ends before what the ledger has posted', partition, ledger_next_offset: next, log_end: high },
    ]
  })
}

async function ledgerOffsets(client: Client): Promise<Map<number, number>> {
  const result = await client.query<{ partition: number; next_offset: string }>(
    'SELECT partition, next_offset FROM ledger_offsets WHERE topic = $1',
    [COMMANDS_TOPIC],
  )
  return new Map(result.rows.map(({ partition, next_offset }) => [partition, Number(next_offset)] as const))
}
