/**
 * A throwaway Kafka broker with the cluster's topics.
 *
 *     const kafka = await startTestKafka()      // 5 s; the first ever downloads the broker
 *     kafka.brokers · kafka.node (to stop, kill or freeze it)
 *     await kafka.stop()
 */
import { installKafkaJars } from '@paycluster/cluster/install/kafka-jars'
import { formatStorage } from '@paycluster/cluster/kafka/format-storage'
import { createTopics } from '@paycluster/cluster/kafka/create-topics'
import { brokerAddress, kafkaBroker } from '@paycluster/cluster/nodes/kafka'
import type { ClusterNode } from '@paycluster/cluster/supervisor/cluster-node'
import { openTestServers } from './test-servers.ts'

/** Tests hold little; several brokers may run at once. */
const HEAP_MB = 256

export interface TestKafka {
  readonly brokers: readonly string[]
  readonly node: ClusterNode
  stop(): Promise<void>
}

/** @throws ClusterError `missing_tool` where Java or Maven is not installed */
export async function startTestKafka(): Promise<TestKafka> {
  const servers = await openTestServers({ kafka: { heapMb: HEAP_MB, lifetime: 'short' } })
  const { layout, settings } = servers
  return servers.starting(async () => {
    await installKafkaJars(layout)
    await formatStorage(settings, layout)
    const node = servers.add(kafkaBroker(settings, layout))
    await node.start()
    await createTopics(settings)
    return { brokers: [brokerAddress(settings)], node, stop: () => servers.stop() }
  })
}
