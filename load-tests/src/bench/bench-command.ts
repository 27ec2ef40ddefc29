import type { Command } from 'commander'
import { registerBacklog } from './backlog/backlog-command.ts'
import { registerLedger } from './ledger/ledger-command.ts'

/** `npm run bench -- <name>`: a table, and JSON where asked for. */
export function registerBench(program: Command): void {
  const bench = program.command('bench').description('measure one part of the cluster')
  registerLedger(bench)
  registerBacklog(bench)
}
