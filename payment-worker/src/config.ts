import { z } from 'zod'
import { MAX_COMMISSION_BPS } from '@paycluster/contracts'
import {
  endpointSchema,
  httpUrlSchema,
  integerSchema,
  listSchema,
  postgresUrlSchema,
  processSettings,
  redisUrlSchema,
  webhookSecretSchema,
} from '@paycluster/platform/config'
import { mutationsAllowed, mutationSettings } from '@paycluster/platform/mutations/mutation'

const commission = (what: string) =>
  integerSchema(0, MAX_COMMISSION_BPS)
    .default(200)
    .describe(`basis points of commission on a ${what}, rounded half up to the minor unit`)

/** The environment of payment-worker. */
export const settingsSchema = z
  .object({
    ...processSettings,
    LISTEN: endpointSchema
      .optional()
      .describe('address that the gateway connects to, for the bank’s callbacks; without it none come'),
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
    BATCH_MAX_BYTES: integerSchema(1, 4_194_304)
      .default(262_144)
      .describe(
        'bytes of those commands, or one larger: a request of many payments is one message, and 500 such do not fit into memory',
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
    COMMISSION_BPS_DEPOSIT: commission('deposit'),
    COMMISSION_BPS_WITHDRAWAL: commission('withdrawal, on top of it'),
    COMMISSION_BPS_CARD: commission('card payment'),
    BANK_URL: httpUrlSchema
      .optional()
      .describe('the bank’s API. Without it deposits, withdrawals and card payments wait for a worker that has one'),
    BANK_API_KEY: z.string().default('').meta({ form: 'text' }).describe('who we are to the bank'),
    BANK_CALLBACK_SECRET: webhookSecretSchema
      .optional()
      .describe('what the bank signs its callbacks with, as Standard Webhooks has it; without it none are taken'),
    BANK_TIMEOUT_MS: integerSchema(10, 120_000)
      .default(5000)
      .describe('longest wait for the bank’s answer; then the bank is asked whether it has moved the money'),
    BANK_MAX_IN_FLIGHT: integerSchema(1, 1000)
      .default(256)
      .describe('requests to the bank at once, and connections: 256 are 850 a second of a bank that takes 300 ms'),
    BANK_MAX_ATTEMPTS: integerSchema(1, 1000)
      .default(20)
      .describe(
        'requests to the bank for one payment; then it is an operator’s. None is made while the circuit is open',
      ),
    BANK_BACKOFF_BASE_MS: integerSchema(1, 60_000)
      .default(200)
      .describe('the wait after a failed attempt is random, up to this times 2 for every attempt'),
    BANK_BACKOFF_CAP_MS: integerSchema(1, 3_600_000)
      .default(60_000)
      .describe('and never longer than this; nor is a `Retry-After` of the bank’s'),
    BANK_CIRCUIT_OPEN_MS: integerSchema(10, 600_000)
      .default(5000)
      .describe('how long a bank that fails half of its last 20 requests is left alone before one is tried'),
    BANK_POLL_INTERVAL_MS: integerSchema(10, 60_000)
      .default(500)
      .describe('how often tasks whose time has come are looked for, beside those that this worker has just posted'),
    BANK_PENDING_CHECK_MS: integerSchema(10, 3_600_000)
      .default(10_000)
      .describe('how often a bank that will decide later is asked whether it has, unless it calls back before'),
    ...mutationSettings(['post_twice', 'tell_wrong_state']),
  })
  .check(mutationsAllowed)

export type Settings = z.output<typeof settingsSchema>
