import { brokerAddress } from '@paycluster/cluster/nodes/kafka'
import { partitionRanges } from '@paycluster/platform/kafka/log-offsets'
import { COMMANDS_TOPIC } from '@paycluster/contracts'
import { createKafkaClient } from '@paycluster/platform/kafka/kafka-client'
import { createLogger } from '@paycluster/platform/logging'
import type { LocalCluster } from '../../target/target.ts'

/** Commands that were ever written to the log. @throws KafkaJSError when the broker does not answer */
export async function sumOfLogEnds({ settings }: LocalCluster): Promise<number> {
  const logger = createLogger('bench', 'fatal')
  const admin = createKafkaClient({ brokers: [brokerAddress(settings)], clientId: 'bench', logger }).admin()
  await admin.connect()
  try {
    return (await partitionRanges(admin, COMMANDS_TOPIC)).reduce((sum, { high }) => sum + high, 0)
  } finally {
    await admin.disconnect()
  }
}
