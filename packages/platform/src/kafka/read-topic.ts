/** Reads a part of what a topic holds, in a group that is then gone. */
import { randomUUID } from 'node:crypto'
import type { Kafka } from 'kafkajs'
import type { PartitionRange } from './log-offsets.ts'

/** Nothing came for so long: a broker that is there answers at once. */
const STALLED_AFTER_MS = 30_000
const MAX_WAIT_MS = 100

/**
 * @param ranges  of the topic: all of them from `partitionRanges`, or parts of these
 * @param onMessage  gets each message once, in the order of its partition
 * @throws Error when the broker stops answering
 */
export async function readTopic(
  kafka: Kafka,
  topic: string,
  ranges: readonly PartitionRange[],
  onMessage: (value: Buffer | null, partition: number, offset: number) => void,
): Promise<void> {
  const due = new Map(ranges.filter(({ low, high }) => low < high).map((range) => [range.partition, range] as const))
  if (due.size === 0) return
  const groupId = `reader-${randomUUID()}`
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: MAX_WAIT_MS, allowAutoTopicCreation: false })
  let movedAtMs = performance.now()
  let stop: (error?: unknown) => void = () => undefined
  const done = new Promise<void>((resolve, reject) => {
    stop = (error) => {
      if (error === undefined) resolve()
      else reject(error instanceof Error ? error : new Error('a message could not be taken', { cause: error }))
    }
  })
  const watch = setInterval(() => {
    if (performance.now() - movedAtMs > STALLED_AFTER_MS) stop(new Error(`${topic} could not be read to its end`))
  }, 1_000)
  try {
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: 1,
      eachBatch: ({ batch }) => {
        const range = due.get(batch.partition)
        if (range === undefined) return Promise.resolve()
        const { low, high } = range
        movedAtMs = performance.now()
        try {
          for (const { value, offset } of batch.messages) {
            if (Number(offset) >= low && Number(offset) < high) onMessage(value, batch.partition, Number(offset))
          }
        } catch (error) {
          stop(error)
        }
        if (Number(batch.lastOffset()) + 1 >= high) due.delete(batch.partition)
        if (due.size === 0) stop()
        return Promise.resolve()
      },
    })
    // From where each part begins. What a fetch before that has brought is passed over.
    for (const { partition, low } of due.values()) consumer.seek({ topic, partition, offset: String(low) })
    await done
  } finally {
    clearInterval(watch)
    await consumer.disconnect()
    await deleteGroup(kafka, groupId)
  }
}

/** A group that is left goes by itself after the broker's retention of offsets. */
async function deleteGroup(kafka: Kafka, groupId: string): Promise<void> {
  const admin = kafka.admin()
  try {
    await admin.connect()
    await admin.deleteGroups([groupId]).catch(() => undefined)
  } finally {
    await admin.disconnect()
  }
}
