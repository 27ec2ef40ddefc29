import { stopOnSignals } from '@paycluster/cluster/commands/stop-signals'
import { table } from '@paycluster/cluster/commands/table'
import type { Command } from 'commander'
import { usageText } from '../../report/print-usage.ts'
import { addBenchOptions, countUpTo, say, writeJson, type BenchOptions } from '../common/bench-options.ts'
import { findLocalCluster } from '../common/local-cluster.ts'
import { conditionsText, fixed, goalsText, spreadCells } from '../common/print-bench.ts'
import { DEFAULT_PAYMENTS, MAX_PAYMENTS } from './backlog-command.ts'
import { comparisonsText } from './print-comparisons.ts'
import { isExact } from './run-backlog.ts'
import { runEvents, type EventsReport } from './run-events.ts'

interface Options extends BenchOptions {
  readonly payments: number
}

/** `npm run bench -- events`: exit code 1 when a payment has no event, or more than one. */
export function registerEvents(bench: Command): void {
  addBenchOptions(
    bench
      .command('events')
      .description('a backlog to its end: posted, cached, events published; stops and starts the workers'),
  )
    .option('--payments <n>', 'payments on the log in each round', countUpTo(MAX_PAYMENTS), DEFAULT_PAYMENTS)
    .action(events)
}

async function events({ rounds, payments, json }: Options): Promise<void> {
  const { stop } = stopOnSignals(() => undefined)
  const { cluster, accounts } = await findLocalCluster()
  const report = await runEvents({ cluster, accounts, payments, rounds, stop: stop.signal, say })
  writeJson(report, json)
  process.stdout.write(`\n${eventsText(report)}\n`)
  if (!report.rounds.every(isExact)) process.exitCode = 1
}

function eventsText({
  rounds,
  publishedPerS,
  committedPerS,
  ratio,
  machine,
  calibration,
  goals,
}: EventsReport): string {
  const rows = [
    ['posted, cached, published', ...spreadCells(publishedPerS), fixed(ratio.median, 2)],
    ['posted', ...spreadCells(committedPerS), ''],
  ]
  // A round that went wrong is the one to look at.
  const shown = rounds.find((round) => !isExact(round)) ?? rounds.at(-1)
  return [
    table(['', 'PAYMENTS/S', 'OF ROUNDS', 'OF POSTED'], rows),
    ...(shown === undefined ? [] : [comparisonsText(shown.comparisons)]),
    ...(shown?.usage === undefined ? [] : [usageText(shown.usage)]),
    conditionsText(machine, calibration),
    goalsText(goals),
  ].join('\n\n')
}
