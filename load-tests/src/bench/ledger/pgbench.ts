/** pgbench's TPC-B on the bench's own primary: the yardstick that everybody has. */
import { availableParallelism } from 'node:os'
import { findExecutable } from '@paycluster/cluster/process/find-executable'
import { runCommand } from '@paycluster/cluster/process/run-command'
import type { LedgerStage } from './ledger-stage.ts'

/** 100,000 accounts each; one row a branch, so that there are more branches than clients to keep them from queueing. */
const SCALE = 10
const INIT_TIMEOUT_MS = 120_000
const GRACE_MS = 30_000

export interface Yardstick {
  /** Transactions a second, each of five statements and a commit. */
  run(seconds: number, clients: number): Promise<number>
}

/** Makes its tables in a database of their own. Undefined when pgbench is not installed. */
export async function preparePgbench(stage: LedgerStage, stop: AbortSignal): Promise<Yardstick | undefined> {
  const file = findExecutable('pgbench')
  if (file === undefined) return undefined
  const { superuserUrl } = await stage.db.createDatabase('empty')
  const url = new URL(superuserUrl)
  const pgbench = (timeoutMs: number, ...args: readonly string[]): Promise<string> =>
    runCommand({
      file,
      args: ['-h', url.hostname, '-p', url.port, '-U', url.username, ...args, url.pathname.slice(1)],
      env: { ...process.env, PGPASSWORD: decodeURIComponent(url.password) },
      timeoutMs,
      signal: stop,
    })
  await pgbench(INIT_TIMEOUT_MS, '-i', '-q', '-s', String(SCALE))
  return {
    async run(seconds, clients) {
      const threads = String(Math.min(clients, availableParallelism()))
      const args = ['-M', 'prepared', '-T', String(seconds), '-c', String(clients), '-j', threads]
      return parseTps(await pgbench(seconds * 1000 + GRACE_MS, ...args))
    },
  }
}

/** @throws Error when there is no figure in it */
export function parseTps(output: string): number {
  const found = /^tps = ([\d.]+) \(without initial connection time\)/m.exec(output)
  if (found === null) throw new Error(`pgbench does not say its rate:\n${output}`)
  return Number(found[1])
}
