import { stopOnSignals } from '@paycluster/cluster/commands/stop-signals'
import { table } from '@paycluster/cluster/commands/table'
import type { Command } from 'commander'
import { addBenchOptions, countUpTo, say, writeJson, type BenchOptions } from '../common/bench-options.ts'
import { findLocalCluster } from '../common/local-cluster.ts'
import { conditionsText, fixed, goalsText } from '../common/print-bench.ts'
import { waysText } from '../common/print-ways.ts'
import { runAccept, type AcceptReport } from './run-accept.ts'

const MAX_PAYMENTS = 1_000_000
const ACCEPTING_TIERS = ['payment-service', 'redis', 'kafka']
const COMMITTING_TIERS = ['nginx', ...ACCEPTING_TIERS, 'payment-worker', 'postgres primary', 'postgres replicas']

interface Options extends BenchOptions {
  readonly payments: number
}

/** `npm run bench -- accept`: exit code 1 when a payment that was accepted is not in the ledger. */
export function registerAccept(bench: Command): void {
  addBenchOptions(
    bench
      .command('accept')
      .description('accepting payments, against kafkajs alone, and to their commit; stops and starts the workers'),
  )
    .option('--payments <n>', 'of each way in a round', countUpTo(MAX_PAYMENTS), 20_000)
    .action(accept)
}

async function accept({ rounds, payments, json }: Options): Promise<void> {
  const { stop } = stopOnSignals(() => undefined)
  const target = await findLocalCluster()
  const report = await runAccept({ target, rounds, payments, stop: stop.signal, say })
  writeJson(report, json)
  process.stdout.write(`\n${acceptText(report)}\n`)
}

function acceptText({ accepting, committing, commits, durability, machine, calibration, goals }: AcceptReport): string {
  const { synchronous_standby_names, streamingReplicas, fsync } = durability
  const rows = commits.map(({ name, drainS, appliedP50Ms }) => [
    name,
    fixed(drainS.median, 2),
    fixed(drainS.max, 2),
    fixed(appliedP50Ms?.median, 1),
  ])
  return [
    `Accepted alone, 64 clients, workers stopped\n${waysText(accepting, 'messages', ACCEPTING_TIERS)}`,
    `Through Nginx to the commit; P50 and P95 of the acceptance\n${waysText(committing, 'committed', COMMITTING_TIERS)}`,
    table(['', 'DRAINED S', 'AT MOST', 'APPLIED P50 MS'], rows),
    'Medians of rounds. µs: CPU time a payment. Committed: from the first request to the last commit. Drained: from the ' +
      'last 202 to there. Applied: from acceptance to commit, the workers’ histogram, interpolated. Every accepted payment ' +
      'was found in the ledger, succeeded.',
    `synchronous_standby_names '${synchronous_standby_names}', ${streamingReplicas} replicas streaming, fsync ${fsync}`,
    conditionsText(machine, calibration),
    goalsText(goals),
  ].join('\n\n')
}
