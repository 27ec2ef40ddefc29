import { openAsBlob } from 'node:fs'
import { stat } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import {
  DIFFERENCE_KINDS,
  DIFFERENCE_STATES,
  RECONCILIATION_KINDS,
  RECONCILIATION_STATES,
  type Difference,
  type ReconciliationKind,
  type ReconciliationRun,
} from '@paycluster/contracts'
import type { DifferenceFilter, PaymentClient, ReconciliationRunFilter } from '@paycluster/client'
import { Argument, Option, type Command } from 'commander'
import { connect } from '../connection.ts'
import { UsageError } from '../errors.ts'
import { isJson, limitOption, pageSizeOf, printJson, printList, printTable, type Column } from '../output.ts'

const RUNS: readonly Column<ReconciliationRun>[] = [
  { heading: 'ID', of: ({ id }) => id },
  { heading: 'KIND', of: ({ kind }) => kind },
  { heading: 'DAY', of: ({ day }) => day },
  { heading: 'STATE', of: ({ state }) => state },
  { heading: 'BEGUN', of: ({ created_at }) => created_at },
  { heading: 'CHECKED', of: ({ checked }) => checked },
  { heading: 'FOUND', of: ({ found, is_truncated }) => (is_truncated ? `${found}+` : found) },
  { heading: 'NEW', of: ({ opened }) => opened },
  { heading: 'RESOLVED', of: ({ resolved }) => resolved },
  { heading: 'WHY', of: ({ error }) => error },
]
const DIFFERENCES: readonly Column<Difference>[] = [
  { heading: 'KIND', of: ({ kind }) => kind },
  { heading: 'SEVERITY', of: ({ severity }) => severity },
  { heading: 'STATE', of: ({ state }) => state },
  { heading: 'DAY', of: ({ day }) => day },
  { heading: 'SUBJECT', of: ({ subject }) => subject },
  { heading: 'LEDGER', of: ({ expected }) => shortened(expected) },
  { heading: 'FOUND', of: ({ found }) => shortened(found) },
  { heading: 'FIRST', of: ({ first_seen }) => first_seen },
]
const MAX_WIDTH = 60
const LOOK_EVERY_MS = 200
/** A run of a day's statement takes seconds, a full one of a large ledger minutes: who waits longer looks later. */
const WAIT_MS = 600_000
/** The name that a bank's file has: `2026-11-26.csv`. */
const DAY_IN_NAME = /\d{4}-\d\d-\d\d/

interface RunOptions {
  readonly day?: string
  readonly full?: true
  readonly wait: boolean
}

const waitOption = (): Option => new Option('--no-wait', 'do not wait for its end')

/** `ops reconcile run | runs | show | differences | statement`. Exit code 1 where a run has failed or found something. */
export function registerReconciliation(ops: Command): void {
  const reconcile = ops
    .command('reconcile')
    .description('compare the ledger with the bank, and cache, replicas, events and offsets with the ledger')
  reconcile
    .command('run')
    .description('compare now')
    .addArgument(new Argument('<kind>').choices(RECONCILIATION_KINDS))
    .option('--day <day>', 'of a statement, such as 2026-11-26 (default: yesterday)')
    .option('--full', 'everything, instead of what has changed and a sample')
    .addOption(waitOption())
    .action(async (kind: ReconciliationKind, { day, full, wait }: RunOptions, command: Command) => {
      const client = connect(command)
      const what = { kind, ...(day === undefined ? {} : { day }), ...(full === undefined ? {} : { full }) }
      await show(command, client, await client.reconciliation.start(what), wait)
    })
  reconcile
    .command('runs')
    .description('runs, newest first')
    .addOption(new Option('--kind <kind>', 'of this kind alone').choices(RECONCILIATION_KINDS))
    .addOption(new Option('--state <state>', 'in this state alone').choices(RECONCILIATION_STATES))
    .addOption(limitOption())
    .action(async ({ limit, ...filter }: ReconciliationRunFilter & { limit: number }, command: Command) => {
      const runs = connect(command).reconciliation.runs({ ...filter, limit: pageSizeOf(limit) })
      await printList(command, runs, RUNS, limit)
    })
  reconcile
    .command('show')
    .description('a run; without its id the newest of each kind, and what is open')
    .argument('[id]')
    .action(async (id: string | undefined, _options: unknown, command: Command) => {
      const { reconciliation } = connect(command)
      if (id !== undefined) {
        print(command, await reconciliation.run(id))
        return
      }
      const summary = await reconciliation.summary()
      if (isJson(command)) {
        printJson(summary)
        return
      }
      printTable(RUNS, summary.newest_runs)
      const open = summary.open_differences.map(({ kind, count }) => `${count} ${kind}`)
      process.stdout.write(`open differences: ${open.join(', ') || 'none'}\n`)
      process.stdout.write(`statements compared through ${summary.statements_through ?? 'none yet'}\n`)
    })
  reconcile
    .command('differences')
    .description('differences, by when they were first seen, newest first')
    .addOption(new Option('--kind <kind>', 'of this kind alone').choices(DIFFERENCE_KINDS))
    .addOption(new Option('--state <state>', 'in this state alone').choices(DIFFERENCE_STATES))
    .addOption(limitOption())
    .action(async ({ limit, ...filter }: DifferenceFilter & { limit: number }, command: Command) => {
      const differences = connect(command).reconciliation.differences({ ...filter, limit: pageSizeOf(limit) })
      await printList(command, differences, DIFFERENCES, limit)
    })
  reconcile
    .command('statement')
    .description('give the bank’s statement of a day as a file, and compare it')
    .argument('<file>', 'CSV, up to 256 MiB')
    .option('--day <day>', 'that it is of (default: the one in the file’s name)')
    .addOption(waitOption())
    .action(async (path: string, { day, wait }: RunOptions, command: Command) => {
      const of = day ?? DAY_IN_NAME.exec(path.split('/').at(-1) ?? '')?.[0]
      if (of === undefined) throw new UsageError(`of which day is ${path}? Say so with --day`)
      // A blob of a file that is not there cannot be told from an empty one.
      await stat(path)
      const client = connect(command)
      const run = await client.reconciliation.giveStatement(of, await openAsBlob(path))
      await show(command, client, run, wait)
    })
}

async function show(command: Command, client: PaymentClient, run: ReconciliationRun, waits: boolean): Promise<void> {
  const ended = waits ? await untilEnded(client, run) : run
  print(command, ended)
  if (ended.state === 'failed' || ended.found > 0) process.exitCode = 1
}

async function untilEnded(client: PaymentClient, run: ReconciliationRun): Promise<ReconciliationRun> {
  const deadlineMs = performance.now() + WAIT_MS
  let current = run
  while (current.state === 'running' && performance.now() < deadlineMs) {
    await delay(LOOK_EVERY_MS)
    current = await client.reconciliation.run(run.id)
  }
  return current
}

function print(command: Command, run: ReconciliationRun): void {
  if (isJson(command)) printJson(run)
  else printTable(RUNS, [run])
}

const shortened = (text: string | null): string | null =>
  text === null || text.length <= MAX_WIDTH ? text : `${text.slice(0, MAX_WIDTH - 1)}…`
