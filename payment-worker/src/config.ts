import { z } from 'zod'
import {
  integerSchema,
  listSchema,
  postgresUrlSchema,
  processSettings,
  redisUrlSchema,
} from '@paycluster/platform/config'
import { mutationsAllowed, mutationSettings } from '@paycluster/platform/mutations/mutation'

/** The environment of payment-worker. */
export const settingsSchema = z
  .object({
    ...processSettings,
    KAFKA_BROKERS: listSchema.describe('`host:port` of brokers to begin with'),
    REDIS_URL: redisUrlSchema.describe('where cached answers are kept up and outcomes are announced'),
    PRIMARY_URL: postgresUrlSchema.describe('the primary, as the role that posts'),
    DURABILITY: z
      .enum(['quorum', 'local'])
      .default('quorum')
      .describe('`quorum`: a commit waits for one of the standbys. `local`: for this primary’s disk alone'),
    BATCH_MAX_COMMANDS: integerSchema(1, 2000)
      .default(500)
      .describe(
        'commands in one transaction: 100 gave 14–19k a second, 500 18–23k, 1000 no more, and a longer wait for the first',
      ),
    BATCH_CONCURRENCY: integerSchema(1, 8)
      .default(2)
      .describe('batches posted at once, of different partitions, while more waits than one holds'),
    BATCH_LINGER_MS: integerSchema(0, 1000)
      .default(50)
      .describe('longest wait for company, under load; none when idle'),
    HOLD_SWEEP_INTERVAL_MS: integerSchema(10, 60_000)
      .default(1000)
      .describe('how often holds whose time is over are looked for'),
    ...mutationSettings(['post_twice', 'tell_wrong_state']),
  })
  .check(mutationsAllowed)

export type Settings = z.output<typeof settingsSchema>
