import { z } from 'zod'
import { commonSettings, httpUrlSchema, integerSchema, listSchema, redisUrlSchema } from '@paycluster/platform/config'
import { mutationsAllowed, mutationSettings } from '@paycluster/platform/mutations/mutation'

const MIB = 1024 * 1024
const number = (min: number, max: number, value: number, what: string) =>
  integerSchema(min, max).default(value).describe(what)

/** The environment of payment-service. */
export const settingsSchema = z
  .object({
    ...commonSettings,
    KAFKA_BROKERS: listSchema.describe('`host:port` of brokers to begin with'),
    REDIS_URL: redisUrlSchema.describe('where idempotency keys are remembered and outcomes are heard of'),
    PRODUCER_MAX_LINGER_MS: number(0, 100, 10, 'longest wait of a command for company, under load; none when idle'),
    PRODUCER_ACK_TIMEOUT_MS: number(
      100,
      60_000,
      4000,
      'longest wait for Kafka to acknowledge a command; then the client is told that it is away (503)',
    ),
    PRODUCER_MAX_QUEUED_COMMANDS: number(
      1,
      1_000_000,
      10_000,
      'commands that wait for Kafka; more are 503 `overloaded`. 10,000 are 80 ms of what one instance can send',
    ),
    PRODUCER_MAX_QUEUED_BYTES: number(1000, 1024 * MIB, 32 * MIB, 'the same in bytes'),
    PRODUCER_MAX_IN_FLIGHT: number(
      1,
      16,
      1,
      'sends to Kafka at once. More than one gives no more throughput, and gives up the order of a key’s commands over retries',
    ),
    MAX_WAITERS: number(
      0,
      100_000,
      2000,
      'requests that wait for their outcome at once; more are answered 202 without a wait',
    ),
    // An answer takes two turns of the event loop, which last up to 50 ms each with 1000 clients that never pause: 50 ms
    // here took Redis for away then, and 8 % of the keys were not remembered.
    REDIS_TIMEOUT_MS: number(
      1,
      10_000,
      150,
      'how long a request waits for Redis before it goes on without. An outage costs it once, then the circuit is open',
    ),
    CARD_VAULT_URL: httpUrlSchema
      .optional()
      .describe('what keeps cards and gives tokens for them. Without it no card payments are taken'),
    CARD_VAULT_KEY: z.string().default('').meta({ form: 'text' }).describe('who we are to the vault'),
    CARD_VAULT_TIMEOUT_MS: number(
      10,
      60_000,
      3000,
      'longest wait for the vault; then the client is told to come again (503)',
    ),
    ...mutationSettings(['drop_command']),
  })
  .check(mutationsAllowed)

export type Settings = z.output<typeof settingsSchema>
