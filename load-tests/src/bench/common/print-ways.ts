/** What ways of doing one thing came to, as a table. */
import { table } from '@paycluster/cluster/commands/table'
import { fixed, rate, spreadCells } from './print-bench.ts'
import type { WayReport } from './ways.ts'

/**
 * @param unit  what is counted, such as `reads`
 * @param tiers  that have to do with it, in the order of their columns
 */
export function waysText(ways: readonly WayReport[], unit: string, tiers: readonly string[]): string {
  const hasCeilings = ways.some(({ ratio }) => ratio !== undefined)
  const headings = [
    '',
    `${unit.toUpperCase()}/S`,
    'OF ROUNDS',
    'P50 MS',
    'P95 MS',
    ...(hasCeilings ? ['OF CEILING'] : []),
    'BENCH µS',
    ...tiers.map((tier) => `${tier.toUpperCase()} µS`),
  ]
  const rows = ways.map(({ name, perS, p50Ms, p95Ms, ceiling, ratio, clientMicros, micros }) => [
    name,
    ...spreadCells(perS, rate),
    fixed(p50Ms.median, 2),
    fixed(p95Ms.median, 2),
    ...(hasCeilings ? [ratio === undefined ? '' : `${(ratio.median * 100).toFixed(0)} % of ${ceiling ?? ''}`] : []),
    fixed(clientMicros.median, 1),
    ...tiers.map((tier) => fixed(micros[tier]?.median, 1)),
  ])
  return table(headings, rows)
}
