import { pingRedis, redisSocket } from '../../nodes/redis.ts'
import { fault, ok, restartCommand, type Check } from '../check.ts'

/** Redis answers where the services ask it. */
export const cacheCheck: Check = {
  name: 'Redis',
  needs: 'running',
  run: async ({ layout }) => {
    const reason = await pingRedis(redisSocket(layout))
    if (reason === undefined) return [ok('Redis', `answers on ${redisSocket(layout)}`)]
    return [fault('Redis', reason, restartCommand('redis'))]
  },
}
