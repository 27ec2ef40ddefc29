import { askSupervisor } from '@paycluster/cluster/supervisor/control-client'
import type { LocalCluster } from '../../target/target.ts'

/** A worker posts what it has in hand before it stops. */
const TIMEOUT_MS = 60_000

/** All workers of the cluster. One that runs is not started twice. @throws ClusterError when one does not obey */
export async function tellWorkers({ processes, layout }: LocalCluster, what: 'stop' | 'start'): Promise<void> {
  const workers = processes.map(({ node }) => node).filter((node) => node.startsWith('payment-worker'))
  await Promise.all(workers.map((node) => askSupervisor(layout.control, { do: what, node }, TIMEOUT_MS)))
}
