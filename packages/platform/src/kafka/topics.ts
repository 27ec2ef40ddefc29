/** The topics that have to exist, and how they come to. */
import { COMMANDS_DLQ_TOPIC, COMMANDS_TOPIC, DLQ_MAX_MESSAGE_BYTES, EVENTS_TOPIC } from '@paycluster/contracts'
import type { Admin } from 'kafkajs'

const DAY_MS = 86_400_000

export interface Topic {
  readonly topic: string
  readonly partitions: number
  readonly retentionMs: number
  /** The broker's default where it is absent. */
  readonly maxMessageBytes?: number
}

/**
 * Commands are kept long enough to be read again after a failover that lost commits.
 *
 * @param partitions  of commands and events, at creation
 */
export const topicsOf = (partitions: number): Topic[] => [
  { topic: COMMANDS_TOPIC, partitions, retentionMs: 7 * DAY_MS },
  { topic: EVENTS_TOPIC, partitions, retentionMs: 7 * DAY_MS },
  { topic: COMMANDS_DLQ_TOPIC, partitions: 1, retentionMs: 30 * DAY_MS, maxMessageBytes: DLQ_MAX_MESSAGE_BYTES },
]

/**
 * Makes the topics that are missing and waits for their leaders.
 *
 * @param admin  connected; whoever calls disconnects it
 * @returns what was made, in words
 */
export async function createMissingTopics(admin: Admin, topics: readonly Topic[]): Promise<string> {
  const existing = new Set(await admin.listTopics())
  const missing = topics.filter(({ topic }) => !existing.has(topic))
  if (missing.length === 0) return 'all there'
  await admin.createTopics({
    waitForLeaders: true,
    topics: missing.map(({ topic, partitions, retentionMs, maxMessageBytes }) => ({
      topic,
      numPartitions: partitions,
      replicationFactor: 1,
      configEntries: [
        { name: 'retention.ms', value: String(retentionMs) },
        ...(maxMessageBytes === undefined ? [] : [{ name: 'max.message.bytes', value: String(maxMessageBytes) }]),
      ],
    })),
  })
  return `made ${missing.map(({ topic }) => topic).join(', ')}`
}
