import type { Command } from 'commander'
import { countUpTo, say, writeJson } from '../common/bench-options.ts'
import { fixed, rate } from '../common/print-bench.ts'
import { writableFile } from '../../settings/writable-file.ts'
import { runStatements, type StatementsReport } from './run-statements.ts'

const MAX_LINES = 5_000_000
const MB = 1e6
/** A line that is missing, one with another amount, one that nobody asked for. */
const PLANTED = { missing: 1, amount_differs: 1, extra: 1 }

/** `npm run bench -- statements`: exit code 1 when it does not find what was planted, and that alone. */
export function registerStatements(bench: Command): void {
  bench
    .command('statements')
    .description('a bank’s daily statement against the ledger, on a server of its own')
    .option('--lines <n>', 'of the statement, and payments', countUpTo(MAX_LINES), 1_000_000)
    .option('--json <file>', 'write the report there', writableFile)
    .action(async ({ lines, json }: { lines: number; json?: string }) => {
      const report = await runStatements(lines, say)
      writeJson(report, json)
      process.stdout.write(`\n${textOf(report)}\n`)
      const found = Object.entries(report.found).sort().join()
      if (found !== Object.entries(PLANTED).sort().join()) process.exitCode = 1
    })
}

function textOf({ lines, bytes, readS, compareS, rssBytes, heapBytes, found, machine }: StatementsReport): string {
  const memory = ({ before, most }: { before: number; most: number }): string =>
    `${fixed(before / MB, 0)} MB before, ${fixed(most / MB, 0)} MB at most`
  return [
    `${rate(lines)} lines, ${fixed(bytes / MB, 0)} MB`,
    `read and kept in ${fixed(readS, 1)} s: ${rate(lines / readS)} lines a second`,
    `compared in ${fixed(compareS, 1)} s: ${rate(lines / compareS)} lines a second`,
    `resident ${memory(rssBytes)}; heap ${memory(heapBytes)}`,
    `found ${Object.entries(found)
      .map(([kind, count]) => `${count} ${kind}`)
      .join(', ')}`,
    `${machine.cores} cores (${machine.cpu}), node ${machine.node}`,
  ].join('\n')
}
