import { spawn } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { ClusterError } from '../cluster-error.ts'
import { layoutOf, type Layout } from '../layout.ts'
import { logPath } from '../process/log-file.ts'
import { loadSettings } from '../settings/load-settings.ts'
import { table } from './table.ts'

const LINES = '50'

/** `cluster logs`: lists the logs; with names, shows their ends, and with -f what comes. */
export function registerLogs(cluster: Command): void {
  cluster
    .command('logs')
    .description('list the logs, or show the end of some')
    .argument('[names...]', 'nodes, or `cluster` for the supervisor')
    .option('-f, --follow', 'go on showing what comes')
    .option('-n, --lines <count>', 'how many lines', LINES)
    .action(async (names: string[], options: { follow?: true; lines: string }) => {
      const layout = layoutOf(loadSettings())
      if (names.length === 0 && options.follow !== true) process.stdout.write(`${listLogs(layout)}\n`)
      else await tail(filesOf(layout, names), options)
    })
}

function listLogs(layout: Layout): string {
  const rows = logNames(layout).map((name) => {
    const { size, mtime } = statSync(logPath(layout.logs, name))
    return [name, String(Math.ceil(size / 1024)), mtime.toISOString(), logPath(layout.logs, name)]
  })
  return rows.length === 0 ? 'there are no logs yet' : table(['NAME', 'KB', 'CHANGED', 'FILE'], rows)
}

function filesOf(layout: Layout, names: readonly string[]): string[] {
  const known = logNames(layout)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined || known.length === 0) {
    throw new ClusterError(
      'unknown_node',
      known.length === 0 ? 'there are no logs yet' : `there is no log ${unknown ?? ''}; there are: ${known.join(', ')}`,
    )
  }
  return (names.length === 0 ? known : names).map((name) => logPath(layout.logs, name))
}

const logNames = (layout: Layout): string[] =>
  existsSync(layout.logs)
    ? readdirSync(layout.logs)
        .filter((file) => file.endsWith('.log') && statSync(join(layout.logs, file)).isFile())
        .map((file) => file.slice(0, -'.log'.length))
    : []

async function tail(files: readonly string[], options: { follow?: true; lines: string }): Promise<void> {
  const args = ['-n', options.lines, ...(options.follow === true ? ['-F'] : []), ...files]
  const child = spawn('tail', args, { stdio: ['ignore', 'inherit', 'inherit'] })
  // Ctrl-C ends tail, and with it this.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill())
  await new Promise((resolve) => child.once('exit', resolve))
}
