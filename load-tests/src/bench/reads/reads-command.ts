import { stopOnSignals } from '@paycluster/cluster/commands/stop-signals'
import type { Command } from 'commander'
import { addBenchOptions, countUpTo, say, writeJson, type BenchOptions } from '../common/bench-options.ts'
import { findLocalCluster } from '../common/local-cluster.ts'
import { conditionsText, goalsText } from '../common/print-bench.ts'
import { waysText } from '../common/print-ways.ts'
import { runReads, type ReadsReport } from './run-reads.ts'

const MAX_READS = 1_000_000
const MAX_CLIENTS = 1024
const TIERS = ['nginx', 'inquiry-service', 'redis', 'postgres primary', 'postgres replicas']

interface Options extends BenchOptions {
  readonly reads: number
  readonly clients: number
}

/** `npm run bench -- reads` */
export function registerReads(bench: Command): void {
  addBenchOptions(bench.command('reads').description('what reads cost, against Redis alone and Nginx alone'))
    .option('--reads <n>', 'of each way in a round', countUpTo(MAX_READS), 20_000)
    .option('--clients <n>', 'reading at the same time', countUpTo(MAX_CLIENTS), 64)
    .action(reads)
}

async function reads({ rounds, reads: count, clients, json }: Options): Promise<void> {
  const { stop } = stopOnSignals(() => undefined)
  const target = await findLocalCluster()
  const report = await runReads({ target, rounds, concurrency: clients, reads: count, stop: stop.signal, say })
  writeJson(report, json)
  process.stdout.write(`\n${readsText(report)}\n`)
}

const readsText = ({ ways, concurrency, customers, answerBytes, machine, calibration, goals }: ReadsReport): string =>
  [
    waysText(ways, 'reads', TIERS),
    `Medians of rounds; ${concurrency} clients over ${customers} customers, a balance has ${answerBytes} bytes. Nginx alone: ` +
      'return 200 of that size; Redis alone: GET of the same balances. ' +
      'µs: CPU time a read. Of ceiling: reads/s against the way named, of the same round.',
    conditionsText(machine, calibration),
    goalsText(goals),
  ].join('\n\n')
