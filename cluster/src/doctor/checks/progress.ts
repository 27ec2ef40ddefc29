import type { Admin } from 'kafkajs'
import { COMMANDS_TOPIC, WORKER_GROUP } from '@paycluster/contracts'
import { ClusterError } from '../../cluster-error.ts'
import { kafkaClient } from '../../kafka/broker-probe.ts'
import { brokerAddress } from '../../nodes/kafka.ts'
import { committedOffsets, partitionRanges } from '@paycluster/platform/kafka/log-offsets'
import { waitUntil } from '../../wait.ts'
import { fault, ok, type Check } from '../check.ts'

/** A worker that was killed has its partitions again after 6 s at most, and goes on within a second. */
const STANDSTILL_MS = 10_000

interface Queue {
  readonly partition: number
  /** The group's next offset. */
  readonly next: number
  readonly queued: number
}

/** Payments that were accepted get posted: every partition that has some moves on while the doctor looks. */
export const progressCheck: Check = {
  name: COMMANDS_TOPIC,
  needs: 'running',
  run: async ({ settings }) => {
    const admin = kafkaClient(brokerAddress(settings)).admin()
    const what = `group ${WORKER_GROUP}`
    try {
      await admin.connect()
      const first = await queues(admin)
      if (first.length === 0) return [ok(what, 'nothing is queued')]
      const still = await standingStill(admin, first)
      if (still.length === 0) return [ok(what, `${sum(first)} queued, every partition moves on`)]
      const names = still.map(({ partition }) => partition).join(', ')
      const detail = `${sum(still)} queued in ${COMMANDS_TOPIC} and none taken for ${STANDSTILL_MS / 1000} s: partition ${names}`
      return [fault(what, detail, 'npm run cluster -- logs payment-worker-1')]
    } finally {
      await admin.disconnect().catch(() => undefined)
    }
  },
}

/** Those of the partitions whose next offset stays where it is; returns as soon as there are none. */
async function standingStill(admin: Admin, first: readonly Queue[]): Promise<readonly Queue[]> {
  let still = first
  try {
    await waitUntil('the worker to go on', STANDSTILL_MS, async () => {
      const now = new Map((await queues(admin)).map((queue) => [queue.partition, queue]))
      still = still.filter(({ partition, next }) => now.get(partition)?.next === next)
      return still.length === 0 ? undefined : `${still.length} partitions stand still`
    })
  } catch (error) {
    if (!(error instanceof ClusterError && error.code === 'timed_out')) throw error
  }
  return still
}

/** Partitions with commands that the group has not done with. */
async function queues(admin: Admin): Promise<Queue[]> {
  const ranges = await partitionRanges(admin, COMMANDS_TOPIC)
  const committed = await committedOffsets(admin, WORKER_GROUP, COMMANDS_TOPIC)
  return ranges.flatMap(({ partition, low, high }) => {
    const next = Math.max(committed.get(partition) ?? low, low)
    return next < high ? [{ partition, next, queued: high - next }] : []
  })
}

const sum = (some: readonly Queue[]): number => some.reduce((total, { queued }) => total + queued, 0)
