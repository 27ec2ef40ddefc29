import type { Kafka, Message } from 'kafkajs'
import { keyPartitioner } from './kafka-client.ts'

/** A message as it goes into the log. */
export interface OutgoingMessage {
  readonly key: string
  readonly value: string
  readonly headers?: Readonly<Record<string, string>>
}

/** One connection that writes to one topic. A connection that failed is closed and replaced, never mended. */
export interface TopicConnection {
  /** Resolves when every in-sync replica has all of the messages. Rejected, some of them may be in the log all the same. */
  send(messages: readonly OutgoingMessage[]): Promise<void>
  /** Resolves when the cluster answers and every partition of the topic has a leader. */
  probe(): Promise<void>
  close(): Promise<void>
}

const ALL_IN_SYNC_REPLICAS = -1

/**
 * Connects to a topic through kafkajs.
 *
 * Not an idempotent producer: kafkajs's own allows one request a broker and retries for ever, and the ledger drops
 * repeated commands by id.
 *
 * @param ackTimeoutMs  how long the leader may wait for its followers
 * @throws KafkaJSError when the cluster does not answer or the topic has no leader
 */
export async function connectTopic(kafka: Kafka, topic: string, ackTimeoutMs: number): Promise<TopicConnection> {
  const producer = kafka.producer({ createPartitioner: keyPartitioner, allowAutoTopicCreation: false })
  const admin = kafka.admin()
  const connection: TopicConnection = {
    async send(messages) {
      await producer.send({
        topic,
        acks: ALL_IN_SYNC_REPLICAS,
        timeout: ackTimeoutMs,
        messages: messages as Message[],
      })
    },
    async probe() {
      await admin.fetchTopicMetadata({ topics: [topic] })
    },
    async close() {
      await Promise.all([producer.disconnect(), admin.disconnect()])
    },
  }
  try {
    await Promise.all([producer.connect(), admin.connect()])
    await connection.probe()
    return connection
  } catch (error) {
    void connection.close().catch(() => undefined)
    throw error
  }
}
