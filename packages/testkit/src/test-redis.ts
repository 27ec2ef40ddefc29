/**
 * A throwaway Redis, with the native cluster's configuration.
 *
 *     const redis = await startTestRedis()      // 0.1 s
 *     redis.url · redis.socketUrl · redis.node (to stop, kill or freeze it)
 *     await redis.stop()
 */
import { redisNode, redisSocket } from '@paycluster/cluster/nodes/redis'
import type { ClusterNode } from '@paycluster/cluster/supervisor/cluster-node'
import { openTestServers } from './test-servers.ts'

export interface TestRedis {
  /** Over TCP. */
  readonly url: string
  /** Over the unix socket. */
  readonly socketUrl: string
  readonly node: ClusterNode
  stop(): Promise<void>
}

/** @throws ClusterError `missing_tool` where redis-server is not installed */
export async function startTestRedis(): Promise<TestRedis> {
  const servers = await openTestServers({})
  const { layout, settings } = servers
  return servers.starting(async () => {
    const node = servers.add(redisNode(settings, layout))
    await node.start()
    return {
      url: `redis://127.0.0.1:${settings.ports.redis}`,
      socketUrl: `unix://${redisSocket(layout)}`,
      node,
      stop: () => servers.stop(),
    }
  })
}
