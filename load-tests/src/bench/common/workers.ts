import { askSupervisor } from '@paycluster/cluster/supervisor/control-client'
import type { LocalCluster } from '../../target/target.ts'

/** A worker posts what it has in hand before it stops. */
const TIMEOUT_MS = 60_000

/** All workers of the cluster. One that runs is not started twice. @throws ClusterError when one does not obey */
export const tellWorkers = (cluster: LocalCluster, what: 'stop' | 'start'): Promise<void> =>
  tellNodes(cluster, 'payment-worker', what)

/** All processes of event-services. @throws ClusterError when one does not obey */
export const tellListeners = (cluster: LocalCluster, what: 'stop' | 'start'): Promise<void> =>
  tellNodes(cluster, 'event-services', what)

async function tellNodes(cluster: LocalCluster, kind: string, what: 'stop' | 'start'): Promise<void> {
  const { processes, layout } = cluster
  const nodes = processes.map(({ node }) => node).filter((node) => node.startsWith(kind))
  await Promise.all(nodes.map((node) => askSupervisor(layout.control, { do: what, node }, TIMEOUT_MS)))
}
