import type { Kafka, Message, Producer } from 'kafkajs'
import { keyPartitioner } from '@paycluster/platform/kafka/kafka-client'
import type { MessageSink } from './batch-publisher.ts'

const ALL_IN_SYNC_REPLICAS = -1

/**
 * Writes whole batches to one topic. A producer that failed is replaced with the next send: kafkajs mends most of its
 * connections, but not each.
 */
export class TopicWriter implements MessageSink {
  readonly #kafka: Kafka
  readonly #topic: string
  #producer: Producer | undefined

  constructor(kafka: Kafka, topic: string) {
    this.#kafka = kafka
    this.#topic = topic
  }

  /** @throws KafkaJSError when not all in-sync replicas are known to have all of the messages */
  async send(messages: readonly Message[]): Promise<void> {
    const producer = await this.#connected()
    try {
      await producer.send({
        topic: this.#topic,
        acks: ALL_IN_SYNC_REPLICAS,
        messages: [...messages],
      })
    } catch (error) {
      await this.close()
      throw error
    }
  }

  async close(): Promise<void> {
    const producer = this.#producer
    this.#producer = undefined
    // What it had to say is said by the send that failed.
    await producer?.disconnect().catch(() => undefined)
  }

  async #connected(): Promise<Producer> {
    if (this.#producer !== undefined) return this.#producer
    const producer = this.#kafka.producer({ createPartitioner: keyPartitioner, allowAutoTopicCreation: false })
    await producer.connect()
    this.#producer = producer
    return producer
  }
}
