import { readyz } from '../../nodes/readyz.ts'
import { fault, ok, warning, type Check, type Finding } from '../check.ts'
import { restartCommand } from '../check.ts'
import { stateText, type NodeReport } from '../../cluster-status.ts'

const SERVICE = /^(payment-service|inquiry-service|payment-worker|event-services)-\d+$/

/** Every node's state, and what services say for themselves. */
export const nodesCheck: Check = {
  name: 'nodes',
  needs: 'running',
  run: async ({ nodes, settings }) => {
    const findings = await Promise.all(nodes.map(examineNode))
    return [...findings, ...nodes.flatMap((node) => restarts(node, settings.supervision.maxRestarts))]
  },
}

async function examineNode(node: NodeReport): Promise<Finding> {
  const what = node.node
  if (node.restartAt !== null) return fault(what, stateText(node), `npm run cluster -- logs ${what}`)
  if (node.pid === null) return fault(what, node.state, `npm run cluster -- start ${what}`)
  const reason = SERVICE.test(what) ? await readyz(`http://${node.address}/readyz`) : undefined
  if (reason !== undefined) return fault(what, `not ready: ${reason}`, `npm run cluster -- logs ${what}`)
  if (node.state === 'ready') return ok(what, `ready, pid ${node.pid}, ${node.address}`)
  return fault(what, node.state, restartCommand(what))
}

function restarts(node: NodeReport, most: number): Finding[] {
  if (node.restarts < most) return []
  return [warning(node.node, `ended by itself ${node.restarts} times`, `npm run cluster -- logs ${node.node}`)]
}
