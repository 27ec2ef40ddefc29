// Makes the topics that are missing. Retention is that of the native cluster (cluster/src/kafka/topics.ts).
import {
  COMMANDS_DLQ_TOPIC,
  COMMANDS_TOPIC,
  DLQ_MAX_MESSAGE_BYTES,
  EVENTS_TOPIC,
  TOPIC_PARTITIONS,
} from '@paycluster/contracts'
import kafkajs from 'kafkajs'

const DAY_MS = 86_400_000
const TOPICS = [
  { topic: COMMANDS_TOPIC, partitions: TOPIC_PARTITIONS, retentionDays: 7 },
  { topic: EVENTS_TOPIC, partitions: TOPIC_PARTITIONS, retentionDays: 7 },
  { topic: COMMANDS_DLQ_TOPIC, partitions: 1, retentionDays: 30, maxMessageBytes: DLQ_MAX_MESSAGE_BYTES },
]

const kafka = new kafkajs.Kafka({
  clientId: 'create-topics',
  brokers: process.env.KAFKA_BROKERS.split(','),
  logLevel: kafkajs.logLevel.ERROR,
})
const admin = kafka.admin()
await admin.connect()
const existing = await admin.listTopics()
const missing = TOPICS.filter(({ topic }) => !existing.includes(topic))
if (missing.length > 0) {
  await admin.createTopics({
    waitForLeaders: true,
    topics: missing.map(({ topic, partitions, retentionDays, maxMessageBytes }) => ({
      topic,
      numPartitions: partitions,
      replicationFactor: 1,
      configEntries: [
        { name: 'retention.ms', value: String(retentionDays * DAY_MS) },
        ...(maxMessageBytes === undefined ? [] : [{ name: 'max.message.bytes', value: String(maxMessageBytes) }]),
      ],
    })),
  })
}
console.log(missing.length === 0 ? 'all there' : `made ${missing.map(({ topic }) => topic).join(', ')}`)
await admin.disconnect()
