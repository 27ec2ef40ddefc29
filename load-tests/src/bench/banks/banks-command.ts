import { stopOnSignals } from '@paycluster/cluster/commands/stop-signals'
import { table } from '@paycluster/cluster/commands/table'
import type { Command } from 'commander'
import { addBenchOptions, countUpTo, say, writeJson, type BenchOptions } from '../common/bench-options.ts'
import { findLocalCluster } from '../common/local-cluster.ts'
import { conditionsText, fixed, goalsText, rate, spreadCells } from '../common/print-bench.ts'
import { runBanks, type BanksReport } from './run-banks.ts'

const MAX_COUNT = 100_000
const MAX_LATENCY_MS = 4000

interface Options extends BenchOptions {
  readonly tasks: number
  readonly payments: number
  readonly latency: number
}

/** `npm run bench -- banks` */
export function registerBanks(bench: Command): void {
  addBenchOptions(
    bench.command('banks').description('deposits with a bank that takes its time, and wallet payments beside them'),
  )
    .option('--tasks <n>', 'deposits of a round', countUpTo(MAX_COUNT), 3000)
    .option('--payments <n>', 'wallet payments of a round', countUpTo(MAX_COUNT), 2000)
    .option('--latency <ms>', 'how long the bank takes', countUpTo(MAX_LATENCY_MS), 300)
    .action(banks)
}

async function banks({ rounds, tasks, payments, latency: latencyMs, json }: Options): Promise<void> {
  const { stop } = stopOnSignals(() => undefined)
  const target = await findLocalCluster()
  const report = await runBanks({ target, rounds, tasks, payments, latencyMs, stop: stop.signal, say })
  writeJson(report, json)
  process.stdout.write(`\n${banksText(report)}\n`)
}

function banksText(report: BanksReport): string {
  const { tasks, payments, latencyMs, tasksPerS, connections, alone, beside, ratios, durability } = report
  const ms = (value: number): string => fixed(value, 1)
  const times = (value: number): string => fixed(value, 2)
  const rows = [
    ['bank tasks a second', ...spreadCells(tasksPerS)],
    ['connections to the bank', ...spreadCells(connections)],
    ['accept p95 alone, ms', ...spreadCells(alone.acceptP95Ms, ms)],
    ['accept p95 beside, ms', ...spreadCells(beside.acceptP95Ms, ms)],
    ['ratio', ...spreadCells(ratios.acceptP95Ms, times)],
    ['applied p95 alone, ms', ...spreadCells(alone.appliedP95Ms, ms)],
    ['applied p95 beside, ms', ...spreadCells(beside.appliedP95Ms, ms)],
    ['ratio', ...spreadCells(ratios.appliedP95Ms, times)],
  ]
  const { synchronous_standby_names, streamingReplicas, fsync } = durability
  return [
    table(['', 'MEDIAN', 'LEAST … MOST'], rows),
    `${rate(tasks)} deposits with a bank that takes ${latencyMs} ms, and ${rate(payments)} wallet payments by 8 clients, a round. ` +
      'Every deposit was settled by the bank and posted. Applied: from acceptance to the beginning of the transaction that posted it.',
    `synchronous_standby_names '${synchronous_standby_names}', ${streamingReplicas} replicas streaming, fsync ${fsync}`,
    conditionsText(report.machine, report.calibration),
    goalsText(report.goals),
  ].join('\n\n')
}
