import type { Registry } from 'prom-client'
import { CoalescingProducer } from '@paycluster/platform/kafka/coalescing-producer'
import { createKafkaClient } from '@paycluster/platform/kafka/kafka-client'
import { ProducerMetrics } from '@paycluster/platform/kafka/producer-metrics'
import { connectTopic } from '@paycluster/platform/kafka/topic-connection'
import type { Logger } from '@paycluster/platform/logging'
import type { Settings } from '../config.ts'

/** kafkajs's own retries see a leader's election through; what takes longer gets a new connection. */
const RETRY = { initialRetryTime: 50, maxRetryTime: 500, retries: 2 } as const
const CONNECTION_TIMEOUT_MS = 1_000

/** The producer of the commands, with connections that give up before its callers do. */
export function createCommandProducer(
  settings: Settings,
  topic: string,
  registry: Registry,
  logger: Logger,
): CoalescingProducer {
  const ackTimeoutMs = settings.PRODUCER_ACK_TIMEOUT_MS
  const requestTimeoutMs = Math.ceil(ackTimeoutMs * 0.75)
  const kafka = createKafkaClient({
    brokers: settings.KAFKA_BROKERS,
    clientId: settings.INSTANCE,
    logger,
    requestTimeoutMs,
    connectionTimeoutMs: CONNECTION_TIMEOUT_MS,
    retry: RETRY,
  })
  return new CoalescingProducer({
    connect: () => connectTopic(kafka, topic, requestTimeoutMs),
    logger,
    metrics: new ProducerMetrics(registry),
    maxLingerMs: settings.PRODUCER_MAX_LINGER_MS,
    ackTimeoutMs,
    maxQueuedMessages: settings.PRODUCER_MAX_QUEUED_COMMANDS,
    maxQueuedBytes: settings.PRODUCER_MAX_QUEUED_BYTES,
    maxInFlight: settings.PRODUCER_MAX_IN_FLIGHT,
  })
}
