import { createMissingTopics, topicsOf } from '@paycluster/platform/kafka/topics'
import { brokerAddress } from '../nodes/kafka.ts'
import type { Settings } from '../settings.ts'
import { kafkaClient } from './broker-probe.ts'

/**
 * Makes the topics that are missing and waits for their leaders.
 *
 * @returns what was made
 */
export async function createTopics(settings: Settings): Promise<string> {
  const admin = kafkaClient(brokerAddress(settings)).admin()
  try {
    await admin.connect()
    return await createMissingTopics(admin, topicsOf(settings.kafka.partitions))
  } finally {
    await admin.disconnect().catch(() => undefined)
  }
}
