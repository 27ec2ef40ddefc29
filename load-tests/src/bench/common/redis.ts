import { once } from 'node:events'
import { redisSocket } from '@paycluster/cluster/nodes/redis'
import { createRedisClient } from '@paycluster/platform/cache/redis-client'
import { createLogger } from '@paycluster/platform/logging'
import { LoadError } from '../../load-error.ts'
import type { LocalCluster } from '../../target/target.ts'

const TIMEOUT_MS = 5000

export type BenchRedis = ReturnType<typeof createRedisClient>

/** The cluster's cache, at its socket, as the services connect to it. @throws LoadError `not_ready` */
export async function openRedis({ layout }: LocalCluster): Promise<BenchRedis> {
  const redis = createRedisClient({
    url: `unix://${redisSocket(layout)}`,
    name: 'bench',
    commandTimeoutMs: TIMEOUT_MS,
    logger: createLogger('bench', 'fatal'),
  })
  try {
    await once(redis, 'ready', { signal: AbortSignal.timeout(TIMEOUT_MS) })
    return redis
  } catch (cause) {
    redis.disconnect()
    throw new LoadError('not_ready', 'Redis does not answer', { cause })
  }
}
