import { topicsOf } from '@paycluster/platform/kafka/topics'
import { kafkaClient } from '../../kafka/broker-probe.ts'
import { brokerAddress } from '../../nodes/kafka.ts'
import { fault, ok, type Check } from '../check.ts'

/** Every topic with its partitions, each with a leader. */
export const topicsCheck: Check = {
  name: 'Kafka topics',
  needs: 'running',
  run: async ({ settings }) => {
    const admin = kafkaClient(brokerAddress(settings)).admin()
    try {
      await admin.connect()
      const existing = new Set(await admin.listTopics())
      const wanted = topicsOf(settings.kafka.partitions)
      const { topics } = await admin.fetchTopicMetadata({
        topics: wanted.map(({ topic }) => topic).filter((topic) => existing.has(topic)),
      })
      return wanted.map(({ topic, partitions }) => {
        const found = topics.find((candidate) => candidate.name === topic)?.partitions
        const what = `topic ${topic}`
        if (found === undefined) return fault(what, 'missing', 'npm run cluster -- down, then up: it is made at start')
        if (found.some(({ leader }) => leader < 0)) {
          return fault(what, 'a partition has no leader', 'npm run cluster -- restart kafka')
        }
        if (found.length === partitions) return ok(what, `${partitions} partitions`)
        // An account's commands would be spread over two partitions, out of order.
        const remedy = `set kafka.partitions to ${found.length}, or: npm run cluster -- reset`
        return fault(what, `${found.length} partitions, the settings say ${partitions}`, remedy)
      })
    } finally {
      await admin.disconnect().catch(() => undefined)
    }
  },
}
