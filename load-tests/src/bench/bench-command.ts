import type { Command } from 'commander'
import { registerAccept } from './accept/accept-command.ts'
import { registerBanks } from './banks/banks-command.ts'
import { registerBacklog } from './backlog/backlog-command.ts'
import { registerEvents } from './backlog/events-command.ts'
import { registerListeners } from './listeners/listeners-command.ts'
import { registerLedger } from './ledger/ledger-command.ts'
import { registerReads } from './reads/reads-command.ts'
import { registerStatements } from './statements/statements-command.ts'

/** `npm run bench -- <name>`: a table, and JSON where asked for. */
export function registerBench(program: Command): void {
  const bench = program.command('bench').description('measure one part of the cluster')
  registerReads(bench)
  registerAccept(bench)
  registerLedger(bench)
  registerBacklog(bench)
  registerEvents(bench)
  registerBanks(bench)
  registerListeners(bench)
  registerStatements(bench)
}
