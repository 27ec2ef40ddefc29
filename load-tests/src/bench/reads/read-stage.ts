/**
 * Where a read can be asked for: the gateway, the services behind it at their own sockets, Redis behind those, and an
 * Nginx that has nothing behind it.
 */
import { serviceSocket } from '@paycluster/cluster/nodes/service-sockets'
import { freePort } from '../../free-port.ts'
import type { LocalCluster, Target } from '../../target/target.ts'
import { startBareNginx, type BareNginx } from '../../usage/bare-nginx.ts'
import { identityHeader } from '../common/bench-identity.ts'
import { LeanClient } from '../common/http-client.ts'
import { openMonitor, ownerOf } from '../common/monitor.ts'
import { openRedis, type BenchRedis } from '../common/redis.ts'

/** A door through which the API is asked, with what every request brings along. */
export interface Door {
  readonly name: string
  /** Taken in turn: the services' instances, or the one gateway. */
  readonly clients: readonly LeanClient[]
  readonly headers: Readonly<Record<string, string>>
}

export interface ReadStage {
  readonly gateway: Door
  readonly sockets: Door
  readonly redis: BenchRedis
  /** Answers with as many bytes as a balance has; undefined without an Nginx of our own. */
  readonly bare: { readonly nginx: BareNginx; readonly client: LeanClient } | undefined
  close(): Promise<void>
}

/**
 * @param connections  to each door
 * @param answerBytes  of the bare Nginx's answers
 */
export async function openReadStage(
  { url, apiKey, accounts, cluster }: Target & { readonly cluster: LocalCluster },
  connections: number,
  answerBytes: number,
): Promise<ReadStage> {
  const monitor = await openMonitor(cluster)
  const owner = await ownerOf(monitor, accounts.customers[0] ?? '').finally(() => monitor.end())
  const instances = cluster.processes.map(({ node }) => node).filter((node) => node.startsWith('inquiry-service'))
  const sockets: Door = {
    name: 'at the socket',
    clients: instances.map(
      (node) => new LeanClient('http://inquiry', { connections, socketPath: serviceSocket(cluster.layout, node) }),
    ),
    headers: identityHeader(cluster.secrets.clusterSecret, owner, ['payments:read']),
  }
  const gateway: Door = {
    name: 'through Nginx',
    clients: [new LeanClient(url, { connections })],
    headers: { authorization: `Bearer ${apiKey}` },
  }
  const redis = await openRedis(cluster)
  const bare = await openBareNginx(connections, answerBytes)
  return {
    gateway,
    sockets,
    redis,
    bare,
    async close() {
      redis.disconnect()
      await Promise.all([...gateway.clients, ...sockets.clients].map((client) => client.close()))
      await bare?.client.close()
      await bare?.nginx.stop()
    },
  }
}

async function openBareNginx(connections: number, answerBytes: number): Promise<ReadStage['bare']> {
  const port = await freePort()
  const nginx = await startBareNginx('x'.repeat(answerBytes), port)
  return nginx && { nginx, client: new LeanClient(`http://127.0.0.1:${port}`, { connections }) }
}
