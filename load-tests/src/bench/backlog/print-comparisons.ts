import { table } from '@paycluster/cluster/commands/table'
import color from 'picocolors'
import type { Comparison } from './check-backlog.ts'

/** What ledger and log had to hold, and hold. */
export function comparisonsText(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map(({ what, expected, found }) => [
    what,
    String(expected),
    String(found),
    expected === found ? color.green('exact') : color.red('WRONG'),
  ])
  return table(['COUNTED', 'EXPECTED', 'FOUND', ''], rows)
}
