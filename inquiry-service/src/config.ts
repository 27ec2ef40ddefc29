import { z } from 'zod'
import { commonSettings, integerSchema, namedUrlsSchema } from '@paycluster/platform/config'

const postgresUrl = z.string().regex(/^postgres(ql)?:\/\/.+$/, { error: 'must be a postgres:// URL' })
const number = (min: number, max: number, value: number) => integerSchema(min, max).default(value)

/** The environment of inquiry-service. */
export const settingsSchema = z.object({
  ...commonSettings,
  /** `redis://host:port` or `unix:///path`. */
  REDIS_URL: z.string().regex(/^(rediss?|unix):\/\/.+$/, { error: 'must be redis://host:port or unix:///path' }),
  PRIMARY_URL: postgresUrl,
  /** `replica-1=postgres://…,replica-2=postgres://…`; empty reads from the primary alone. */
  REPLICA_URLS: namedUrlsSchema,
  CACHE_TTL_MS: number(1000, 86_400_000, 600_000),
  /** Percent of the time to live that is random. */
  CACHE_TTL_JITTER_PERCENT: number(0, 100, 20),
  /** Two turns of a busy event loop and Redis's own wait for a core; an outage costs it once, then the circuit is open. */
  CACHE_TIMEOUT_MS: number(5, 5000, 150),
  /** How long nothing cached is trusted after an outage of Redis. */
  CACHE_QUARANTINE_MS: number(0, 60_000, 1000),
  /** Connections to each replica, and to the primary. */
  POOL_MAX: number(1, 100, 8),
  /** Reads that may wait for a connection of one node. */
  POOL_MAX_WAITING: number(1, 10_000, 256),
  STATEMENT_TIMEOUT_MS: number(50, 30_000, 2000),
  CONNECT_TIMEOUT_MS: number(50, 30_000, 1000),
  PROBE_INTERVAL_MS: number(20, 5000, 200),
  /** Ask the primary for its log position before each batch of misses (docs/adr/0007). */
  READ_INDEX: z.enum(['on', 'off']).default('on'),
  READ_INDEX_TIMEOUT_MS: number(5, 5000, 100),
  /** How long a read waits for a replica to catch up. */
  REPLICA_WAIT_MS: number(0, 5000, 250),
  /** A replica further behind is not asked. */
  MAX_LAG_BYTES: number(0, 2 ** 40, 64 * 1024 * 1024),
  MAX_LAG_MS: number(0, 3_600_000, 10_000),
  /** Reads that the primary takes over, at once and per second. One of them may be a batch of many. */
  PRIMARY_MAX_CONCURRENT: number(0, 100, 4),
  PRIMARY_PER_SECOND: number(0, 100_000, 200),
})

export type Settings = z.output<typeof settingsSchema>
