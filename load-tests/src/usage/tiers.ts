/** Which nodes make a tier, and what a tier's CPU time is divided by. */
import type { Snapshot } from './snapshot.ts'

export type Unit = 'request' | 'read' | 'write'

interface Tier {
  readonly name: string
  /** What its nodes' names begin with. */
  readonly prefix: string
  /** Nearly all of its work is for these; what it does for others is in the figure all the same. */
  readonly unit: Unit
}

/** The load generator's name among the nodes. */
export const GENERATOR = 'k6'

const TIERS: readonly Tier[] = [
  { name: 'k6', prefix: GENERATOR, unit: 'request' },
  { name: 'nginx', prefix: 'gateway', unit: 'request' },
  { name: 'inquiry-service', prefix: 'inquiry-service', unit: 'read' },
  { name: 'redis', prefix: 'redis', unit: 'read' },
  { name: 'payment-service', prefix: 'payment-service', unit: 'write' },
  { name: 'payment-worker', prefix: 'payment-worker', unit: 'write' },
  { name: 'event-services', prefix: 'event-services', unit: 'write' },
  { name: 'kafka', prefix: 'kafka', unit: 'write' },
  { name: 'postgres primary', prefix: 'postgres-primary', unit: 'write' },
  { name: 'postgres replicas', prefix: 'postgres-replica', unit: 'write' },
]

export interface TierUsage {
  readonly tier: string
  readonly cpuS: number
  /** 1 is one core, busy all the time. */
  readonly cores: number
  readonly unit: Unit
  /** Undefined when the run had none of its unit. */
  readonly microsPerUnit: number | undefined
  /** Resident memory of its nodes at the end. */
  readonly rssBytes: number
}

export interface ClusterUsage {
  readonly tiers: readonly TierUsage[]
  /** How many cores were not idle, whoever used them, of how many. */
  readonly machineCores: { readonly busy: number; readonly all: number }
  /** Cores that were busy with what is no part of the run: near 0 on a quiet machine. */
  readonly otherCores: number
  /** Resident memory at the end. */
  readonly memory: readonly { readonly node: string; readonly rssBytes: number }[]
  /** Nodes that ended or began within the window: their CPU time is not known. */
  readonly restarted: readonly string[]
}

/**
 * What the window between two snapshots cost.
 *
 * @param counts  measured requests of each unit
 */
export function usageBetween(before: Snapshot, after: Snapshot, counts: Readonly<Record<Unit, number>>): ClusterUsage {
  const elapsedS = (after.atMs - before.atMs) / 1000
  const spentBy = new Map(
    after.nodes.flatMap(({ node, pid, cpuS, rssBytes }) => {
      const earlier = before.nodes.find((one) => one.pid === pid && one.node === node)
      return earlier === undefined ? [] : [[node, { cpuS: cpuS - earlier.cpuS, rssBytes }] as const]
    }),
  )
  const tiers = TIERS.flatMap(({ name, prefix, unit }) => {
    const nodes = [...spentBy].filter(([node]) => node.startsWith(prefix))
    if (nodes.length === 0) return []
    const cpuS = nodes.reduce((sum, [, spent]) => sum + spent.cpuS, 0)
    const rssBytes = nodes.reduce((sum, [, spent]) => sum + spent.rssBytes, 0)
    const microsPerUnit = counts[unit] === 0 ? undefined : (cpuS * 1e6) / counts[unit]
    return [{ tier: name, cpuS, cores: cpuS / elapsedS, unit, microsPerUnit, rssBytes }]
  })
  const names = new Set([...before.nodes, ...after.nodes].map(({ node }) => node))
  const busy = (after.machine.busyS - before.machine.busyS) / elapsedS
  const all = Math.round((after.machine.totalS - before.machine.totalS) / elapsedS)
  const ours = [...spentBy.values()].reduce((sum, { cpuS }) => sum + cpuS, 0) / elapsedS
  return {
    tiers,
    machineCores: { busy, all },
    otherCores: Math.max(0, busy - ours),
    memory: after.nodes.map(({ node, rssBytes }) => ({ node, rssBytes })),
    restarted: [...names].filter((node) => !spentBy.has(node)),
  }
}
