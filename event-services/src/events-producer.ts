/** What event-services itself tells of on `payment.events`. */
import type { Kafka } from 'kafkajs'
import type { Registry } from 'prom-client'
import { EVENTS_TOPIC } from '@paycluster/contracts'
import { CoalescingProducer } from '@paycluster/platform/kafka/coalescing-producer'
import { ProducerMetrics } from '@paycluster/platform/kafka/producer-metrics'
import { connectTopic } from '@paycluster/platform/kafka/topic-connection'
import type { Logger } from '@paycluster/platform/logging'

const MAX_LINGER_MS = 10
const ACK_TIMEOUT_MS = 5_000
const MAX_QUEUED_MESSAGES = 1_000
const MAX_QUEUED_BYTES = 4_194_304

/** One a process: it counts under names of its own. Few messages, which nobody waits for. */
export function createEventsProducer(kafka: Kafka, registry: Registry, logger: Logger): CoalescingProducer {
  return new CoalescingProducer({
    connect: () => connectTopic(kafka, EVENTS_TOPIC, ACK_TIMEOUT_MS),
    logger,
    metrics: new ProducerMetrics(registry),
    maxLingerMs: MAX_LINGER_MS,
    ackTimeoutMs: ACK_TIMEOUT_MS,
    maxQueuedMessages: MAX_QUEUED_MESSAGES,
    maxQueuedBytes: MAX_QUEUED_BYTES,
    maxInFlight: 1,
  })
}
