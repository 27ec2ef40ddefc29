import { table } from '@paycluster/cluster/commands/table'
import color from 'picocolors'
import { conditionsText, fixed, goalsText, rate, spreadCells } from '../common/print-bench.ts'
import { spreadOf } from '../common/rounds.ts'
import type { CellReport, LedgerReport } from './run-ledger.ts'

const HEADINGS = [
  'PAYMENTS/S',
  'OF ROUNDS',
  'COMMANDS/S',
  '× ROW',
  'P50 MS',
  'P95 MS',
  'BENCH µS',
  'PRIMARY µS',
  'REPLICAS µS',
]

/** The report as text. */
export function ledgerText(report: LedgerReport): string {
  const { machine, calibration, cells, pgbench, goals, isInMemory } = report
  const rows = cells.map((cell) => [cell.cell.name, ...figuresOf(cell)])
  if (pgbench !== undefined) rows.push(['pgbench, TPC-B', ...spreadCells(pgbench), '', '', '', '', '', '', ''])
  return [
    table(['CELL', ...HEADINGS], rows),
    'Medians. Payments have an id of their own; commands are with the repeated ones. × row: payments/s against row by row, ' +
      'of the same round. Ms: of a transaction. µs: CPU time a command.',
    ...(pgbench === undefined ? ['Without pgbench (Debian: postgresql-contrib).'] : []),
    ...(isInMemory ? [color.yellow('The data lay on a memory file system, where fsync costs nothing.')] : []),
    conditionsText(machine, calibration),
    'After every round of every cell payments, entries, balances and offsets were exactly what they had to be; at the end ' +
      'I1 to I5 held for the whole ledger.',
    goalsText(goals),
  ].join('\n\n')
}

function figuresOf({ rounds, paymentsPerS, commandsPerS, ratio }: CellReport): string[] {
  const median = (values: readonly (number | undefined)[]): number | undefined => {
    const known = values.filter((value) => value !== undefined)
    return known.length === 0 ? undefined : spreadOf(known).median
  }
  const of = (pick: (round: CellReport['rounds'][number]) => number | undefined, digits: number): string =>
    fixed(median(rounds.map(pick)), digits)
  return [
    ...spreadCells(paymentsPerS),
    rate(commandsPerS.median),
    fixed(ratio?.median, 1),
    of(({ transactionMs }) => transactionMs?.p50, 1),
    of(({ transactionMs }) => transactionMs?.p95, 1),
    of(({ micros }) => micros?.bench, 1),
    of(({ micros }) => micros?.primary, 1),
    of(({ micros }) => micros?.replicas, 1),
  ]
}
