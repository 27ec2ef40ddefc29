// Makes the topics that are missing, as the native cluster does.
import { TOPIC_PARTITIONS } from '@paycluster/contracts'
import { createKafkaClient } from '@paycluster/platform/kafka/kafka-client'
import { createMissingTopics, topicsOf } from '@paycluster/platform/kafka/topics'
import { createLogger } from '@paycluster/platform/logging'

const admin = createKafkaClient({
  brokers: process.env.KAFKA_BROKERS.split(','),
  clientId: 'create-topics',
  logger: createLogger('create-topics', 'warn'),
}).admin()
await admin.connect()
console.log(await createMissingTopics(admin, topicsOf(TOPIC_PARTITIONS)))
await admin.disconnect()
