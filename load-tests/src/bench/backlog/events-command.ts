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
import { nameOf, runEvents, type EventsReport } from './run-events.ts'

interface Options extends BenchOptions {
  readonly payments: number
}

/** `npm run bench -- events`: exit code 1 when a payment has no event, or more than one. */
export function registerEvents(bench: Command): void {
  addBenchOptions(
    bench
      .command('events')
      .description('a backlog to its end: posted, cached, events published; restarts the workers, empties the cache'),
  )
    .option('--payments <n>', 'payments on the log in each drain', countUpTo(MAX_PAYMENTS), DEFAULT_PAYMENTS)
    .action(events)
}

async function events({ rounds, payments, json }: Options): Promise<void> {
  const { stop } = stopOnSignals(() => undefined)
  const target = await findLocalCluster()
  const report = await runEvents({ target, payments, rounds, stop: stop.signal, say })
  writeJson(report, json)
  process.stdout.write(`\n${eventsText(report)}\n`)
  if (!report.drains.every((drain) => drain.rounds.every(isExact))) process.exitCode = 1
}

function eventsText({ drains, machine, calibration, goals }: EventsReport): string {
  const rows = drains.map(({ cache, publishedPerS, committedPerS, ratio }) => [
    nameOf(cache),
    ...spreadCells(publishedPerS),
    ...spreadCells(committedPerS),
    fixed(ratio.median, 2),
  ])
  return [
    table(['', 'PUBLISHED/S', 'OF ROUNDS', 'POSTED/S', 'OF ROUNDS', 'OF POSTED'], rows),
    ...drains.map((drain) => lastOf(drain)),
    conditionsText(machine, calibration),
    goalsText(goals),
  ].join('\n\n')
}

/** The last round in full, or the first one that went wrong, which is the one to look at. */
function lastOf({ cache, rounds }: EventsReport['drains'][number]): string {
  const shown = rounds.find((round) => !isExact(round)) ?? rounds.at(-1)
  if (shown === undefined) return nameOf(cache)
  const usage = shown.usage === undefined ? [] : [usageText(shown.usage)]
  return [nameOf(cache), comparisonsText(shown.comparisons), ...usage].join('\n')
}
