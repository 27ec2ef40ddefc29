/** A cluster whose nodes this process supervises. */
import { ClusterError } from './cluster-error.ts'
import type { Demo } from './demo.ts'
import type { Layout } from './layout.ts'
import type { Secrets } from './secrets.ts'
import type { Settings } from './settings.ts'
import type { ClusterNode } from './supervisor/cluster-node.ts'
import type { NodeStatus } from './supervisor/control.ts'

/** Ready, as its start has found it, and silent since. */
export const NOT_ANSWERING = 'not answering'

export interface RunningCluster {
  readonly settings: Settings
  readonly layout: Layout
  readonly secrets: Secrets
  /** Every node, in the order in which they were started. */
  readonly nodes: readonly ClusterNode[]
  /** `http://127.0.0.1:8080` */
  readonly url: string
  /** Undefined when `demo.load` is off. */
  readonly demo: Demo | undefined
  /** @throws ClusterError `unknown_node` */
  node(name: string): ClusterNode
  status(): NodeStatus[]
  /** Stops all nodes in the reverse order of their start, and lets go of the state folder. */
  stop(): Promise<void>
  /** Ends all nodes at once, with nothing in order. */
  hurry(): void
}

/** A node by its name. @throws ClusterError `unknown_node` that lists the names */
export function findNode(nodes: readonly ClusterNode[], name: string): ClusterNode {
  const node = nodes.find((candidate) => candidate.name === name)
  if (node !== undefined) return node
  const names = nodes.map((candidate) => candidate.name).join(', ')
  throw new ClusterError('unknown_node', `there is no node ${name}; there are: ${names}`)
}

/** As {@link statusOf}, but for nodes that are ready and do not answer: one that is frozen, say. As bounded as a probe. */
export const probedStatus = (nodes: readonly ClusterNode[]): Promise<NodeStatus[]> =>
  Promise.all(
    nodes.map(async (node) => {
      if (node.state !== 'ready') return statusOf(node)
      const reason = await node.plan.probe()
      const status = statusOf(node)
      return reason === undefined || status.state !== 'ready' ? status : { ...status, state: NOT_ANSWERING }
    }),
  )

export const statusOf = (node: ClusterNode): NodeStatus => ({
  node: node.name,
  role: node.plan.role,
  address: node.plan.address,
  port: node.plan.port ?? null,
  pid: node.pid ?? null,
  state: node.state,
  restarts: node.restarts,
  restartAt: node.restartAt?.toISOString() ?? null,
  startedAt: node.startedAt?.toISOString() ?? null,
})
