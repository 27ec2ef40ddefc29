import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stopOnSignals } from '@paycluster/cluster/commands/stop-signals'
import { table } from '@paycluster/cluster/commands/table'
import { InvalidArgumentError, type Command } from 'commander'
import color from 'picocolors'
import { LoadError } from '../load-error.ts'
import { usageText } from '../report/print-usage.ts'
import { makeRunFolder } from '../run-folder.ts'
import { findTarget } from '../target/target.ts'
import { runBacklog, type BacklogReport } from './backlog.ts'

const DEFAULT_PAYMENTS = 200_000
const MAX_PAYMENTS = 5_000_000

interface Options {
  readonly payments: number
}

/** `npm run bench -- backlog`: JSON and a table; exit code 1 when the ledger does not hold what it should. */
export function registerBench(program: Command): void {
  program
    .command('bench')
    .description('measure one part of the cluster')
    .command('backlog')
    .description('how fast the workers drain payments that wait on the log; stops and starts the workers')
    .option('--payments <n>', 'payments on the log', parsePayments, DEFAULT_PAYMENTS)
    .action(backlog)
}

async function backlog({ payments }: Options): Promise<void> {
  const { stop } = stopOnSignals(() => undefined)
  const { cluster, accounts } = await findTarget({})
  if (cluster === undefined) throw new LoadError('not_ready', 'the bench needs the native cluster of this checkout')
  const folder = makeRunFolder(cluster.layout.state, 'bench-backlog', true, new Date())
  const say = (what: string): void => {
    process.stderr.write(`  ${what}\n`)
  }
  const report = await runBacklog({ cluster, accounts, payments, stop: stop.signal, say })
  const json = JSON.stringify(report, null, 2)
  writeFileSync(join(folder.path, 'summary.json'), `${json}\n`)
  process.stdout.write(`${json}\n\n${textOf(report)}\n`)
  if (!isExact(report)) process.exitCode = 1
}

const isExact = ({ comparisons }: BacklogReport): boolean =>
  comparisons.every(({ expected, found }) => expected === found)

function textOf(report: BacklogReport): string {
  const { counts, durability, drain, committedPerS, comparisons, usage, writeS } = report
  const { synchronous_standby_names, streamingReplicas, fsync } = durability
  const { min, median, max } = drain.perSecond
  const rows = comparisons.map(({ what, expected, found }) => [
    what,
    String(expected),
    String(found),
    expected === found ? color.green('exact') : color.red('WRONG'),
  ])
  return [
    color.bold(`${Math.round(committedPerS).toLocaleString('en')} committed payments/s`) +
      ` (${counts.payments} in ${drain.elapsedS.toFixed(2)} s; by the second: ${min} least, ${median} median, ${max} most)`,
    `synchronous_standby_names '${synchronous_standby_names}', ${streamingReplicas} replicas streaming, fsync ${fsync}; ` +
      `the log was written in ${writeS.toFixed(1)} s`,
    table(['LEDGER', 'EXPECTED', 'FOUND', ''], rows),
    ...(usage === undefined ? [] : [usageText(usage)]),
  ].join('\n\n')
}

function parsePayments(text: string): number {
  const payments = Number(text)
  if (!/^\d+$/.test(text) || payments < 1 || payments > MAX_PAYMENTS)
    throw new InvalidArgumentError(`a whole number up to ${MAX_PAYMENTS}`)
  return payments
}
