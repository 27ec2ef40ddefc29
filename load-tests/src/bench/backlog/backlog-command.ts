import { writeFileSync } from 'node:fs'
import { stopOnSignals } from '@paycluster/cluster/commands/stop-signals'
import type { Command } from 'commander'
import color from 'picocolors'
import { usageText } from '../../report/print-usage.ts'
import { makeRunFolder } from '../../run-folder.ts'
import { writableFile } from '../../settings/writable-file.ts'
import { countUpTo, say, writeJson } from '../common/bench-options.ts'
import { findLocalCluster } from '../common/local-cluster.ts'
import { comparisonsText } from './print-comparisons.ts'
import { isExact, runBacklog, type BacklogReport } from './run-backlog.ts'

export const DEFAULT_PAYMENTS = 200_000
export const MAX_PAYMENTS = 5_000_000

interface Options {
  readonly payments: number
  readonly json?: string
}

/** `npm run bench -- backlog`: exit code 1 when the ledger does not hold what it should. */
export function registerBacklog(bench: Command): void {
  bench
    .command('backlog')
    .description('how fast the workers drain payments that wait on the log; stops and starts the workers')
    .option('--payments <n>', 'payments on the log', countUpTo(MAX_PAYMENTS), DEFAULT_PAYMENTS)
    .option('--json <file>', 'write the report there', writableFile)
    .action(backlog)
}

async function backlog({ payments, json }: Options): Promise<void> {
  const { stop } = stopOnSignals(() => undefined)
  const { cluster, accounts } = await findLocalCluster()
  const folder = makeRunFolder(cluster.layout.state, 'bench-backlog', true, new Date())
  const report = await runBacklog({ cluster, accounts, payments, until: 'posted', stop: stop.signal, say })
  writeFileSync(folder.summary, `${JSON.stringify(report, null, 2)}\n`)
  writeJson(report, json)
  process.stdout.write(`\n${backlogText(report)}\n`)
  if (!isExact(report)) process.exitCode = 1
}

function backlogText(report: BacklogReport): string {
  const { counts, durability, drain, committedPerS, comparisons, usage, writeS } = report
  const { synchronous_standby_names, streamingReplicas, fsync } = durability
  const { min, median, max } = drain.perSecond
  return [
    color.bold(`${Math.round(committedPerS).toLocaleString('en')} committed payments/s`) +
      ` (${counts.payments} in ${drain.elapsedS.toFixed(2)} s; by the second: ${min} least, ${median} median, ${max} most)`,
    `synchronous_standby_names '${synchronous_standby_names}', ${streamingReplicas} replicas streaming, fsync ${fsync}; ` +
      `the log was written in ${writeS.toFixed(1)} s`,
    comparisonsText(comparisons),
    ...(usage === undefined ? [] : [usageText(usage)]),
  ].join('\n\n')
}
