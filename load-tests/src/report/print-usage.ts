import { table } from '@paycluster/cluster/commands/table'
import color from 'picocolors'
import type { ClusterUsage } from '../usage/tiers.ts'
import { QUIET_CORES } from './doubts.ts'

const MIB = 1024 * 1024

/** CPU time per tier and memory per node, as text. */
export function usageText({ tiers, machineCores, otherCores, memory, restarted }: ClusterUsage): string {
  const rows = tiers.map(({ tier, cpuS, cores, unit, microsPerUnit }) => [
    tier,
    cpuS.toFixed(1),
    cores.toFixed(2),
    microsPerUnit?.toFixed(0) ?? '-',
    `a ${unit}`,
  ])
  const rss = memory.map(({ node, rssBytes }) => `${node} ${(rssBytes / MIB).toFixed(0)}`).join(', ')
  const others = `${otherCores.toFixed(2)} by others`
  return [
    table(['TIER', 'CPU S', 'CORES', 'µS', 'PER'], rows),
    `busy cores: ${machineCores.busy.toFixed(2)} of ${machineCores.all}, ` +
      (otherCores > QUIET_CORES ? color.yellow(`${others}: figures of a machine that is not quiet`) : others),
    `memory in MB: ${rss}`,
    ...(restarted.length === 0
      ? []
      : [color.yellow(`ended or started meanwhile, CPU unknown: ${restarted.join(', ')}`)]),
  ].join('\n')
}
