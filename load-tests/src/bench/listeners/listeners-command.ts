import { stopOnSignals } from '@paycluster/cluster/commands/stop-signals'
import { table } from '@paycluster/cluster/commands/table'
import type { Command } from 'commander'
import { addBenchOptions, countUpTo, say, writeJson, type BenchOptions } from '../common/bench-options.ts'
import { findLocalCluster } from '../common/local-cluster.ts'
import { conditionsText, fixed, goalsText, spreadCells } from '../common/print-bench.ts'
import { runListeners, type ListenersReport } from './run-listeners.ts'

const DEFAULT_PAYMENTS = 100_000
const MAX_PAYMENTS = 1_000_000

interface Options extends BenchOptions {
  readonly payments: number
  readonly told?: true
}

/** `npm run bench -- listeners`. */
export function registerListeners(bench: Command): void {
  addBenchOptions(
    bench
      .command('listeners')
      .description('how fast those who listen to events catch up; stops and starts workers and event-services'),
  )
    .option('--payments <n>', 'payments, and events, in each round', countUpTo(MAX_PAYMENTS), DEFAULT_PAYMENTS)
    .option('--told', 'send each of them as a webhook to a receiver on this machine')
    .action(listeners)
}

async function listeners({ rounds, payments, told, json }: Options): Promise<void> {
  const { stop } = stopOnSignals(() => undefined)
  const target = await findLocalCluster()
  const report = await runListeners({ target, rounds, payments, isTold: told === true, stop: stop.signal, say })
  writeJson(report, json)
  process.stdout.write(`\n${listenersText(report)}\n`)
}

function listenersText({ perS, rounds, machine, calibration, goals }: ListenersReport): string {
  const rows = Object.entries(perS).map(([name, spread]) => [name, ...spreadCells(spread)])
  const micros = rounds.map(({ microsPerEvent }) => fixed(microsPerEvent, 0)).join(', ')
  const repeated = rounds.map((round) => round.repeated).join(', ')
  return [
    table(['', 'EVENTS/S', 'OF ROUNDS'], rows),
    `CPU of event-services by event: ${micros} µs; requests beyond one a message: ${repeated}`,
    conditionsText(machine, calibration),
    goalsText(goals),
  ].join('\n\n')
}
