/** Empties the cache of a local cluster again and again, for profiles that measure what reads cost without it. */
import { createRedisClient } from '@paycluster/platform/cache/redis-client'
import { createLogger } from '@paycluster/platform/logging'

const TIMEOUT_MS = 1000

/**
 * @param port  of Redis, on this machine
 * @param onFailure  told when the cache could not be emptied; at most once
 * @returns ends it
 */
export function keepCacheCold(port: number, everyS: number, onFailure: (reason: string) => void): () => void {
  const redis = createRedisClient({
    url: `redis://127.0.0.1:${port}`,
    name: 'load',
    commandTimeoutMs: TIMEOUT_MS,
    logger: createLogger('load', 'fatal'),
  })
  let failed = false
  const flush = (): void => {
    redis.flushdb('ASYNC').catch((error: unknown) => {
      if (!failed) onFailure(error instanceof Error ? error.message : String(error))
      failed = true
    })
  }
  redis.once('ready', flush)
  const timer = setInterval(flush, everyS * 1000)
  return () => {
    clearInterval(timer)
    redis.disconnect()
  }
}
