/** Puts messages on the log in batches, as payment-service does. */
import { COMMANDS_TOPIC } from '@paycluster/contracts'
import { createKafkaClient } from '@paycluster/platform/kafka/kafka-client'
import { connectTopic, type OutgoingMessage } from '@paycluster/platform/kafka/topic-connection'
import { createLogger } from '@paycluster/platform/logging'

const MESSAGES_PER_SEND = 500
const ACK_TIMEOUT_MS = 10_000

/**
 * @returns the sum of the log's end offsets afterwards
 * @throws KafkaJSError
 */
export async function writeToLog(
  broker: string,
  messages: Iterable<OutgoingMessage>,
  stop: AbortSignal,
): Promise<number> {
  const kafka = createKafkaClient({ brokers: [broker], clientId: 'bench', logger: createLogger('bench', 'fatal') })
  const topic = await connectTopic(kafka, COMMANDS_TOPIC, ACK_TIMEOUT_MS)
  const admin = kafka.admin()
  try {
    let batch: OutgoingMessage[] = []
    for (const message of messages) {
      if (batch.push(message) < MESSAGES_PER_SEND) continue
      stop.throwIfAborted()
      await topic.send(batch)
      batch = []
    }
    if (batch.length > 0) await topic.send(batch)
    await admin.connect()
    const offsets = await admin.fetchTopicOffsets(COMMANDS_TOPIC)
    return offsets.reduce((sum, { high }) => sum + Number(high), 0)
  } finally {
    await Promise.all([topic.close(), admin.disconnect()])
  }
}
