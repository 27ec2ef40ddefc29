import type { Command } from 'commander'
import { clusterStatus, stateText, type NodeReport } from '../cluster-status.ts'
import { layoutOf } from '../layout.ts'
import { loadSettings } from '../settings/load-settings.ts'
import { findLeftovers, leftoversError } from '../supervisor/leftovers.ts'
import { reportError } from './report-error.ts'
import { table } from './table.ts'

/** `cluster status`: exit code 3 when nothing runs, as the LSB has it for services; 1 when a node is not ready, or does not answer. */
export function registerStatus(cluster: Command): void {
  cluster
    .command('status')
    .description('every node with its state, memory and CPU time')
    .option('--json', 'as JSON')
    .action(async ({ json }: { json?: true }) => {
      const layout = layoutOf(loadSettings())
      const nodes = await clusterStatus(layout, { probe: true })
      if (json === true) process.stdout.write(`${JSON.stringify(nodes, null, 2)}\n`)
      else process.stdout.write(`${nodes.length === 0 ? 'nothing is running' : toTable(nodes)}\n`)
      const leftovers = findLeftovers(layout)
      if (leftovers.length > 0) reportError(leftoversError(layout, leftovers))
      if (nodes.length === 0) process.exitCode = 3
      else if (nodes.some((node) => node.state !== 'ready')) process.exitCode = 1
    })
}

const HEADINGS = ['NODE', 'ROLE', 'PID', 'PORT', 'STATE', 'RSS MB', 'CPU S', 'UP S', 'RESTARTS']

const toTable = (nodes: readonly NodeReport[]): string =>
  table(
    HEADINGS,
    nodes.map((node) => [
      node.node,
      node.role,
      text(node.pid),
      text(node.port),
      stateText(node),
      text(node.rssBytes === null ? null : Math.round(node.rssBytes / 1024 / 1024)),
      text(node.cpuS === null ? null : node.cpuS.toFixed(1)),
      text(node.uptimeS === null ? null : Math.round(node.uptimeS)),
      text(node.restarts),
    ]),
  )

const text = (value: string | number | null): string => (value === null ? '-' : String(value))
