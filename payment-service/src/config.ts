import { z } from 'zod'
import { commonSettings, integerSchema, listSchema, loadSettings } from '@paycluster/platform/config'

const MIB = 1024 * 1024

const schema = z.object({
  ...commonSettings,
  KAFKA_BROKERS: listSchema,
  REDIS_URL: z.string(),
  /** The longest wait of a command for company, under load. None when idle. */
  PRODUCER_MAX_LINGER_MS: integerSchema(0, 100).default(10),
  /** Longer, and the client is told that Kafka is away. */
  PRODUCER_ACK_TIMEOUT_MS: integerSchema(100, 60_000).default(4000),
  /** Commands that wait for Kafka; more are 503 `overloaded`. 10,000 are 80 ms of what one instance can send. */
  PRODUCER_MAX_QUEUED_COMMANDS: integerSchema(1, 1_000_000).default(10_000),
  PRODUCER_MAX_QUEUED_BYTES: integerSchema(1000, 1024 * MIB).default(32 * MIB),
  /** Sends at once. More than one gives no more throughput here, and up the order of a key's commands over retries. */
  PRODUCER_MAX_IN_FLIGHT: integerSchema(1, 16).default(1),
  /** Requests that wait for their outcome at once; more are answered 202 without a wait. */
  MAX_WAITERS: integerSchema(0, 100_000).default(2000),
  /**
   * How long a request waits for Redis before it goes on without. An outage costs it once, then the circuit is open. An
   * answer takes two turns of the event loop, which last up to 50 ms each with 1000 clients that never pause: 50 ms here
   * took Redis for away then, and 8 % of the keys were not remembered.
   */
  REDIS_TIMEOUT_MS: integerSchema(1, 10_000).default(150),
})

export type PaymentServiceSettings = z.output<typeof schema>

/** @throws SettingsError */
export const loadPaymentServiceSettings = (): PaymentServiceSettings => loadSettings(schema)
