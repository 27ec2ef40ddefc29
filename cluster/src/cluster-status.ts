/** What runs, as seen from any process: asked of the supervisor where there is one, read from pid files otherwise. */
import type { Layout } from './layout.ts'
import { usageOf } from './process/process-usage.ts'
import { askSupervisor } from './supervisor/control-client.ts'
import type { NodeStatus } from './supervisor/control.ts'
import { lockHolder } from './supervisor/cluster-lock.ts'
import { findLeftovers } from './supervisor/leftovers.ts'

/** Longer than a probe of a node that does not answer. */
const ANSWER_TIMEOUT_MS = 15_000

export interface NodeReport extends NodeStatus {
  readonly rssBytes: number | null
  /** CPU time since it started, children included. */
  readonly cpuS: number | null
  readonly uptimeS: number | null
}

/**
 * Every node; empty when nothing runs. `state` is `unsupervised` for what a killed supervisor left behind.
 *
 * @param probe  asks each node whether it still answers; else its state is that of its start
 */
export async function clusterStatus(layout: Layout, { probe = false } = {}): Promise<NodeReport[]> {
  const nodes = await nodeStatus(layout, probe)
  const usage = usageOf(nodes.flatMap((node) => node.pid ?? []))
  return nodes.map((node) => {
    const used = node.pid === null ? undefined : usage.get(node.pid)
    const uptimeS = node.startedAt === null ? null : (Date.now() - Date.parse(node.startedAt)) / 1000
    return { ...node, rssBytes: used?.rssBytes ?? null, cpuS: used?.cpuS ?? null, uptimeS }
  })
}

/** `ready`, `restarting in 12 s` */
export function stateText({ state, restartAt }: Pick<NodeStatus, 'state' | 'restartAt'>): string {
  if (restartAt === null) return state
  return `${state} in ${Math.max(0, Math.ceil((Date.parse(restartAt) - Date.now()) / 1000))} s`
}

async function nodeStatus(layout: Layout, probe: boolean): Promise<NodeStatus[]> {
  if (lockHolder(layout.lock) !== undefined) {
    return askSupervisor(layout.control, { do: 'status', probe }, ANSWER_TIMEOUT_MS)
  }
  return findLeftovers(layout).map((record) => ({
    node: record.node,
    role: record.role,
    address: record.address,
    port: Number(/:(\d+)$/.exec(record.address)?.[1] ?? Number.NaN) || null,
    pid: record.pid,
    state: 'unsupervised',
    restarts: 0,
    restartAt: null,
    startedAt: record.startedAt,
  }))
}
