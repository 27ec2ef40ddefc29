import type { Admin } from 'kafkajs'
import {
  ANALYTICS_GROUP,
  ALERTS_GROUP,
  AUDIT_GROUP,
  COMMANDS_TOPIC,
  EVENTS_TOPIC,
  WEBHOOKS_GROUP,
  WORKER_GROUP,
  type ConsumerGroupState,
} from '@paycluster/contracts'

/** Every consumer group of the cluster, and what it reads. */
const GROUPS = [
  { group: WORKER_GROUP, topic: COMMANDS_TOPIC },
  { group: AUDIT_GROUP, topic: EVENTS_TOPIC },
  { group: WEBHOOKS_GROUP, topic: EVENTS_TOPIC },
  { group: ANALYTICS_GROUP, topic: EVENTS_TOPIC },
  { group: ALERTS_GROUP, topic: EVENTS_TOPIC },
] as const

export type LagAdmin = Pick<Admin, 'fetchTopicOffsets' | 'fetchOffsets'>

/** What each group has not done with. @throws KafkaJSError when the broker does not answer */
export async function readGroupLags(admin: LagAdmin): Promise<ConsumerGroupState[]> {
  return Promise.all(GROUPS.map(({ group, topic }) => groupLag(admin, group, topic)))
}

/** @throws KafkaJSError when the broker does not answer */
export async function groupLag(admin: LagAdmin, group: string, topic: string): Promise<ConsumerGroupState> {
  const [ends, groups] = await Promise.all([
    admin.fetchTopicOffsets(topic),
    admin.fetchOffsets({ groupId: group, topics: [topic] }),
  ])
  const next = new Map(groups[0]?.partitions.map(({ partition, offset }) => [partition, Number(offset)]))
  const partitions = ends
    .map(({ partition, low, high }) => ({
      partition,
      lag: Math.max(0, Number(high) - Math.max(next.get(partition) ?? 0, Number(low))),
    }))
    .sort((a, b) => a.partition - b.partition)
  return { group, topic, lag: partitions.reduce((sum, { lag }) => sum + lag, 0), partitions }
}
