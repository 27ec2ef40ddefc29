/** A topic with the partitions of payment.commands that nobody reads: what the log itself takes, without the workers. */
import { brokerAddress } from '@paycluster/cluster/nodes/kafka'
import { createKafkaClient } from '@paycluster/platform/kafka/kafka-client'
import { connectTopic, type OutgoingMessage } from '@paycluster/platform/kafka/topic-connection'
import { createLogger } from '@paycluster/platform/logging'
import type { LocalCluster } from '../../target/target.ts'

const TOPIC = 'bench.accept'
const ACK_TIMEOUT_MS = 10_000
const RETENTION_MS = 3_600_000

export interface ScratchTopic {
  /** Resolves when every in-sync replica has all of them. */
  send(messages: readonly OutgoingMessage[]): Promise<void>
  /** Deletes it. */
  close(): Promise<void>
}

/** @throws KafkaJSError when the broker does not answer */
export async function openScratchTopic({ settings }: LocalCluster): Promise<ScratchTopic> {
  const logger = createLogger('bench', 'fatal')
  const kafka = createKafkaClient({ brokers: [brokerAddress(settings)], clientId: 'bench-accept', logger })
  const admin = kafka.admin()
  await admin.connect()
  try {
    // One that a killed bench left behind is taken as it is.
    await admin.createTopics({
      waitForLeaders: true,
      topics: [
        {
          topic: TOPIC,
          numPartitions: settings.kafka.partitions,
          configEntries: [{ name: 'retention.ms', value: String(RETENTION_MS) }],
        },
      ],
    })
    const connection = await connectTopic(kafka, TOPIC, ACK_TIMEOUT_MS)
    return {
      send: (messages) => connection.send(messages),
      async close() {
        await connection.close()
        await admin.deleteTopics({ topics: [TOPIC] })
        await admin.disconnect()
      },
    }
  } catch (error) {
    await admin.disconnect()
    throw error
  }
}
