/** Whether the broker answers metadata. */
import { createKafkaClient } from '@paycluster/platform/kafka/kafka-client'
import { createLogger } from '@paycluster/platform/logging'
import type { Kafka } from 'kafkajs'
import { messageOf } from '../cluster-error.ts'
import type { NotYet } from '../wait.ts'

const CONNECT_TIMEOUT_MS = 1000
const REQUEST_TIMEOUT_MS = 5000

/** What goes wrong is thrown: the caller polls. */
const SILENT = createLogger('cluster', 'fatal')

/** A client of the cluster's own tools: says nothing, gives up at once. */
export const kafkaClient = (broker: string): Kafka =>
  createKafkaClient({
    brokers: [broker],
    clientId: 'cluster',
    connectionTimeoutMs: CONNECT_TIMEOUT_MS,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    retry: { retries: 0 },
    logger: SILENT,
  })

/** @param broker  host:port */
export async function brokerProbe(broker: string): Promise<NotYet> {
  const admin = kafkaClient(broker).admin()
  try {
    await admin.connect()
    const { controller } = await admin.describeCluster()
    return controller === null ? 'no controller yet' : undefined
  } catch (error) {
    return messageOf(error)
  } finally {
    await admin.disconnect().catch(() => undefined)
  }
}
