import { table } from '@paycluster/cluster/commands/table'
import { conditionsText, fixed, goalsText, rate, spreadCells } from '../common/print-bench.ts'
import type { GrowthReport } from './run-growth.ts'

/** The report as text. */
export function growthText({ machine, calibration, sizes, goals }: GrowthReport): string {
  const rows = sizes.flatMap(({ payments, tablesMib, figures }) =>
    figures.map(({ what, unit, measured, ratio }) => [
      rate(payments),
      rate(tablesMib),
      what,
      unit,
      ...spreadCells(measured, unit === 'p95 ms' ? (value) => fixed(value, 2) : rate),
      fixed(ratio.median, 2),
    ]),
  )
  return [
    table(['PAYMENTS', 'MIB', 'WHAT', 'UNIT', 'MEDIAN', 'OF ROUNDS', '× FIRST'], rows),
    'Reads are misses, 16 at once, from inquiry-service on the same nodes, while nothing is posted. × first: against the ' +
      'first size, round by round.',
    conditionsText(machine, calibration),
    goalsText(goals),
  ].join('\n\n')
}
