/** The cluster's topics. */
import { DLQ_MAX_MESSAGE_BYTES } from '@paycluster/contracts'
import { brokerAddress } from '../nodes/kafka.ts'
import type { Settings } from '../settings.ts'
import { kafkaClient } from './broker-probe.ts'

const DAY_MS = 86_400_000

export interface Topic {
  readonly topic: string
  readonly partitions: number
  readonly retentionMs: number
  /** The broker's default where it is absent. */
  readonly maxMessageBytes?: number
}

/** What has to exist. Commands are kept long enough to be read again after a failover that lost commits. */
export const topicsOf = (settings: Settings): Topic[] => [
  { topic: 'payment.commands', partitions: settings.kafka.partitions, retentionMs: 7 * DAY_MS },
  { topic: 'payment.events', partitions: settings.kafka.partitions, retentionMs: 7 * DAY_MS },
  {
    topic: 'payment.commands.dlq',
    partitions: 1,
    retentionMs: 30 * DAY_MS,
    maxMessageBytes: DLQ_MAX_MESSAGE_BYTES,
  },
]

/**
 * Makes the topics that are missing and waits for their leaders.
 *
 * @returns what was made
 */
export async function createTopics(settings: Settings): Promise<string> {
  const admin = kafkaClient(brokerAddress(settings)).admin()
  try {
    await admin.connect()
    const existing = new Set(await admin.listTopics())
    const missing = topicsOf(settings).filter(({ topic }) => !existing.has(topic))
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
  } finally {
    await admin.disconnect().catch(() => undefined)
  }
}
