import { stopOnSignals } from '@paycluster/cluster/commands/stop-signals'
import { InvalidArgumentError, type Command } from 'commander'
import { addBenchOptions, countsUpTo, countUpTo, say, writeJson, type BenchOptions } from '../common/bench-options.ts'
import { goalCells, sweepCells } from './cells.ts'
import { growthText } from './print-growth.ts'
import { ledgerText } from './print-ledger.ts'
import { runGrowth } from './run-growth.ts'
import { runLedger } from './run-ledger.ts'

const MAX_COMMANDS = 1_000_000
const MAX_ACCOUNTS = 1_000_000
const MAX_CLIENTS = 64
const MAX_PAST = 50_000_000
const CELL_SETS = ['all', 'goals'] as const

interface Options extends BenchOptions {
  readonly cells: (typeof CELL_SETS)[number]
  readonly commands: number
  readonly rowCommands: number
  readonly clients: number
  readonly customers: number
  readonly merchants: number
  readonly payments?: readonly number[]
}

/** `npm run bench -- ledger`: exit code 1 when the ledger does not hold what it should. */
export function registerLedger(bench: Command): void {
  addBenchOptions(
    bench.command('ledger').description('posting in batches against a transaction a payment, on servers of its own'),
  )
    .option('--cells <set>', 'all, or those with goals alone', parseCells, 'all')
    .option('--commands <n>', 'in each round of a cell that posts in batches', countUpTo(MAX_COMMANDS), 50_000)
    .option('--row-commands <n>', 'in each round of a cell that posts row by row', countUpTo(MAX_COMMANDS), 5000)
    .option('--clients <n>', 'connections of the row-by-row cells and of pgbench', countUpTo(MAX_CLIENTS), 8)
    .option('--customers <n>', 'accounts that pay', countUpTo(MAX_ACCOUNTS), 100_000)
    .option('--merchants <n>', 'accounts that are paid', countUpTo(MAX_ACCOUNTS), 10_000)
    .option(
      '--payments <sizes>',
      'instead of the cells: posting and reading beside so many payments, such as 10k,1m',
      countsUpTo(MAX_PAST),
    )
    .action(ledger)
}

async function ledger(options: Options): Promise<void> {
  const { cells, clients, customers, merchants, payments, json } = options
  const { stop } = stopOnSignals(() => undefined)
  const common = { ...options, stop: stop.signal, say }
  if (payments !== undefined) {
    const report = await runGrowth({ ...common, sizes: payments })
    writeJson(report, json)
    process.stdout.write(`\n${growthText(report)}\n`)
    return
  }
  const chosen = cells === 'goals' ? goalCells(clients) : [...goalCells(clients), ...sweepCells(clients)]
  const report = await runLedger({ ...common, cells: chosen, past: { customers, merchants, payments: 0 } })
  writeJson(report, json)
  process.stdout.write(`\n${ledgerText(report)}\n`)
}

function parseCells(text: string): Options['cells'] {
  const found = CELL_SETS.find((name) => name === text)
  if (found === undefined) throw new InvalidArgumentError(`one of ${CELL_SETS.join(', ')}`)
  return found
}
