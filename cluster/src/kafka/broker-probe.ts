/** Whether the broker answers metadata. */
import { Kafka, logLevel } from 'kafkajs'
import { messageOf } from '../cluster-error.ts'
import type { NotYet } from '../wait.ts'

const CONNECT_TIMEOUT_MS = 1000
const REQUEST_TIMEOUT_MS = 5000

/** A client of the cluster's own tools: says nothing, gives up at once, since the caller polls. */
export const kafkaClient = (broker: string): Kafka =>
  new Kafka({
    clientId: 'cluster',
    brokers: [broker],
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry: { retries: 0 },
    logLevel: logLevel.NOTHING,
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
