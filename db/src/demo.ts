/**
 * Loads demonstration data: `DEMO=1 OWNER_URL=… CLUSTER_SECRET=… KAFKA_BROKERS=… RESULT_FILE=… node db/dist/demo.js`.
 *
 * Clients and keys are inserted; accounts and money come through the one writer path, so that payment-worker must run.
 * Running it again changes nothing and writes the same: keys and account ids, as JSON, 45 bytes an account, into a file
 * of mode 600.
 */
import { writeFileSync } from 'node:fs'
import type { Kafka } from 'kafkajs'
import { integerSchema, listSchema, loadSettings } from '@paycluster/platform/config'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import { createKafkaClient, keyPartitioner } from '@paycluster/platform/kafka/kafka-client'
import { createLogger } from '@paycluster/platform/logging'
import { runMain } from '@paycluster/platform/run-main'
import { z } from 'zod'
import { createDataSource } from './data-source.ts'
import { prepareDemoClients, type DemoKeys } from './demo/demo-clients.ts'
import { planDemo } from './demo/demo-commands.ts'
import { postCommands } from './demo/post-commands.ts'

const demoSettings = z.object({
  /** Demo keys can be derived by whoever has the cluster secret: nobody loads them by accident. */
  DEMO: z.literal('1', { error: 'must be 1: demo keys do not belong into a database in production' }),
  OWNER_URL: z.url(),
  CLUSTER_SECRET: z.string().min(32),
  KAFKA_BROKERS: listSchema,
  CUSTOMERS: integerSchema(1, 1_000_000).default(1000),
  MERCHANTS: integerSchema(1, 100_000).default(50),
  /** What was loaded is written here. */
  RESULT_FILE: z.string().min(1),
})
type DemoSettings = z.output<typeof demoSettings>

export interface Demo extends DemoKeys {
  /** Account ids. */
  readonly merchants: readonly string[]
  readonly customers: readonly string[]
}

/**
 * Loads the demonstration, or what of it is missing.
 *
 * @throws NotADemonstrationError, CommandsNotPostedError
 */
export async function loadDemo(
  settings: Omit<DemoSettings, 'DEMO' | 'KAFKA_BROKERS' | 'RESULT_FILE'>,
  kafka: Kafka,
): Promise<Demo> {
  const source = await createDataSource(settings.OWNER_URL).initialize()
  const producer = kafka.producer({ createPartitioner: keyPartitioner, allowAutoTopicCreation: false })
  try {
    await producer.connect()
    const { clients, keys } = await prepareDemoClients(source, settings.CLUSTER_SECRET)
    const size = { customers: settings.CUSTOMERS, merchants: settings.MERCHANTS }
    const plan = planDemo(new IdCodec(settings.CLUSTER_SECRET), clients, size, Date.now())
    await postCommands(source, producer, [plan.fundingAccount, ...plan.customers, ...plan.merchants])
    await postCommands(source, producer, plan.fundings)
    return { ...keys, merchants: plan.merchants.map(({ id }) => id), customers: plan.customers.map(({ id }) => id) }
  } finally {
    await producer.disconnect()
    await source.destroy()
  }
}

if (import.meta.main) {
  runMain(async () => {
    const settings = loadSettings(demoSettings)
    // What goes wrong is thrown.
    const logger = createLogger('demo', 'fatal')
    const kafka = createKafkaClient({ brokers: settings.KAFKA_BROKERS, clientId: 'demo', logger })
    const loaded = await loadDemo(settings, kafka)
    writeFileSync(settings.RESULT_FILE, `${JSON.stringify(loaded)}\n`, { mode: 0o600 })
  })
}
