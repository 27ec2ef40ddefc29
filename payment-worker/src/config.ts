import { z } from 'zod'
import { integerSchema, listSchema, loadSettings, processSettings } from '@paycluster/platform/config'

const schema = z.object({
  ...processSettings,
  KAFKA_BROKERS: listSchema,
  REDIS_URL: z.string(),
  PRIMARY_URL: z.string(),
  /** `quorum`: a commit waits for one of the standbys. `local`: for this primary's disk alone. */
  DURABILITY: z.enum(['quorum', 'local']).default('quorum'),
  /** Commands in one transaction: 100 gave 14–19k a second, 500 18–23k, 1000 no more, and a longer wait for the first. */
  BATCH_MAX_COMMANDS: integerSchema(1, 2000).default(500),
  /** The longest wait for company under load. None when idle. */
  BATCH_LINGER_MS: integerSchema(0, 1000).default(50),
})

export type WorkerSettings = z.output<typeof schema>

/** @throws SettingsError */
export const loadWorkerSettings = (): WorkerSettings => loadSettings(schema)
