import { z } from 'zod'
import {
  commonSettings,
  integerSchema,
  namedUrlsSchema,
  postgresUrlSchema,
  redisUrlSchema,
} from '@paycluster/platform/config'
import { mutationsAllowed, mutationSettings } from '@paycluster/platform/mutations/mutation'

const number = (min: number, max: number, value: number, what: string) =>
  integerSchema(min, max).default(value).describe(what)

/** The environment of inquiry-service. */
export const settingsSchema = z
  .object({
    ...commonSettings,
    REDIS_URL: redisUrlSchema.describe('the cache'),
    PRIMARY_URL: postgresUrlSchema.describe('the primary, as the role that reads'),
    REPLICA_URLS: namedUrlsSchema.describe(
      'the replicas, each with the name that `X-Data-Source` gives it: `replica-1=postgres://…`. Empty reads from the primary alone, within its budget',
    ),
    CACHE_TTL_MS: number(
      1000,
      86_400_000,
      600_000,
      'after that a cached answer expires; a newer version replaces it at once',
    ),
    CACHE_TTL_JITTER_PERCENT: number(
      0,
      100,
      20,
      'percent of that time that is random, so that answers do not expire together',
    ),
    CACHE_TIMEOUT_MS: number(
      5,
      5000,
      150,
      'how long a read waits for Redis before it goes on without: two turns of a busy event loop and Redis’s own wait for a core. An outage costs it once, then the circuit is open',
    ),
    CACHE_QUARANTINE_MS: number(0, 60_000, 1000, 'how long nothing cached is trusted after an outage of Redis'),
    POOL_MAX: number(1, 100, 8, 'connections to each replica, and to the primary'),
    POOL_MAX_WAITING: number(
      1,
      10_000,
      256,
      'reads that may wait for a connection of one node; more are 503 `overloaded`',
    ),
    STATEMENT_TIMEOUT_MS: number(50, 30_000, 2000, 'a node cancels a statement that takes longer'),
    CONNECT_TIMEOUT_MS: number(50, 30_000, 1000, 'longest wait for a connection of a node, free or new'),
    PROBE_INTERVAL_MS: number(20, 5000, 200, 'between two looks at a node’s health, position and lag'),
    READ_INDEX: z
      .enum(['on', 'off'])
      .default('on')
      .describe(
        '`on`: the primary is asked for its log position before each batch of misses ([ADR 7](adr/0007-read-index-on-cache-misses.md))',
      ),
    READ_INDEX_TIMEOUT_MS: number(
      5,
      5000,
      100,
      'how long a batch of misses waits for that position; without it the highest counts that this instance knows of',
    ),
    REPLICA_WAIT_MS: number(0, 5000, 250, 'how long a read waits for a replica to catch up'),
    MAX_LAG_BYTES: number(0, 2 ** 40, 64 * 1024 * 1024, 'a replica that is further behind is not asked'),
    MAX_LAG_MS: number(0, 3_600_000, 10_000, 'the same in time'),
    PRIMARY_MAX_CONCURRENT: number(
      0,
      100,
      4,
      'reads at once that the primary takes over from replicas. One of them may be a batch of many',
    ),
    PRIMARY_PER_SECOND: number(0, 100_000, 200, 'the same a second'),
    ...mutationSettings(['serve_old_version', 'swallow_token']),
  })
  .check(mutationsAllowed)

export type Settings = z.output<typeof settingsSchema>
