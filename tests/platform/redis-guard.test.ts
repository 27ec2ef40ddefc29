/** A connection to Redis that falls silent costs an outage of a second, not of a quarter of an hour. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createRedisClient } from '@paycluster/platform/cache/redis-client'
import { RedisGuard } from '@paycluster/platform/cache/redis-guard'
import { createLogger } from '@paycluster/platform/logging'
import { startSilentProxy, type SilentProxy } from '@paycluster/testkit/silent-proxy'
import { startTestRedis, type TestRedis } from '@paycluster/testkit/test-redis'
import { waitFor } from '@paycluster/testkit/wait-for'

let server: TestRedis
let proxy: SilentProxy

beforeAll(async () => {
  server = await startTestRedis()
  proxy = await startSilentProxy(new URL(server.url))
}, 30_000)
afterAll(async () => {
  await proxy.stop()
  await server.stop()
})

describe('a guarded connection that has fallen silent', () => {
  it('is an outage, and left for a new one without any traffic', async () => {
    const redis = createRedisClient({ url: proxy.url, name: 'guarded', logger: createLogger('guard-test', 'fatal') })
    const guard = new RedisGuard(redis, { timeoutMs: 150, quarantineMs: 0 })
    try {
      await waitFor('redis', () => !guard.isAway && guard.trustedSinceMs !== Infinity)
      proxy.cut()
      await waitFor('the outage', () => guard.isAway && guard.trustedSinceMs === Infinity)
      proxy.mend()
      await waitFor('the recovery', () => !guard.isAway && guard.trustedSinceMs !== Infinity)
      expect(await guard.run(() => redis.set('key', 'value'))).toBe('OK')
      expect(proxy.open).toBe(1)
    } finally {
      guard.close()
      redis.disconnect()
    }
  })
})
