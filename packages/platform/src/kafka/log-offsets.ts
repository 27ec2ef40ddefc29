/** Positions in Kafka's logs, as plain numbers. */
import type { Admin } from 'kafkajs'

/** What a partition keeps: from `low`, included, to `high`, excluded. */
export interface PartitionRange {
  readonly partition: number
  readonly low: number
  readonly high: number
}

/** @throws KafkaJSError when the broker does not answer or the topic is not there */
export async function partitionRanges(admin: Admin, topic: string): Promise<PartitionRange[]> {
  const offsets = await admin.fetchTopicOffsets(topic)
  return offsets
    .map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }))
    .sort((a, b) => a.partition - b.partition)
}

/** Next offsets by partition that a group has committed; a partition without any is not in it. */
export async function committedOffsets(admin: Admin, groupId: string, topic: string): Promise<Map<number, number>> {
  const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] })
  return new Map(
    (offsets?.partitions ?? [])
      .map(({ partition, offset }) => [partition, Number(offset)] as const)
      .filter(([, offset]) => offset >= 0),
  )
}
