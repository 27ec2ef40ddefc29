import { DEAD_LETTER_KINDS, DEAD_LETTER_STATES, type DeadLetter } from '@paycluster/contracts'
import { StateConflictError, type DeadLetterFilter, type PaymentClient } from '@paycluster/client'
import { Option, type Command } from 'commander'
import { connect } from '../connection.ts'
import { QueuedError, UsageError } from '../errors.ts'
import { isJson, limitOption, pageSizeOf, printJson, printList, printTable, type Column } from '../output.ts'
import { WAIT_S } from '../wait.ts'

const COLUMNS: readonly Column<DeadLetter>[] = [
  { heading: 'ID', of: ({ id }) => id },
  { heading: 'STATE', of: ({ state }) => state },
  { heading: 'ATTEMPTS', of: ({ attempts }) => attempts },
  { heading: 'FIRST', of: ({ first_at }) => first_at },
  { heading: 'LAST', of: ({ last_at }) => last_at },
  { heading: 'PAYMENT', of: ({ payment_id }) => payment_id },
  { heading: 'REASON', of: ({ reason }) => shortened(reason) },
]
const MAX_REASON_WIDTH = 80

interface Chosen {
  readonly all?: true
  readonly kind?: NonNullable<DeadLetterFilter['kind']>
  readonly limit: number
  readonly dryRun?: true
}

const kindOption = (): Option => new Option('--kind <kind>', 'of this kind alone').choices(DEAD_LETTER_KINDS)

/** Which of them: by their ids, or all that are open. */
const choosing = (command: Command): Command =>
  command
    .argument('[ids...]')
    .option('--all', 'all that are open, up to --limit')
    .addOption(kindOption())
    .addOption(limitOption())
    .option('--dry-run', 'show which, and do nothing')

/** `ops dlq list | show | replay | discard`. */
export function registerDeadLetters(ops: Command): void {
  const dlq = ops.command('dlq').description('dead letters: commands, bank tasks and events that could not be done')
  dlq
    .command('list')
    .description('dead letters, newest first')
    .addOption(kindOption())
    .addOption(new Option('--state <state>', 'in this state alone').choices(DEAD_LETTER_STATES))
    .addOption(limitOption())
    .action(async ({ limit, ...filter }: DeadLetterFilter & { limit: number }, command: Command) => {
      const letters = connect(command).deadLetters.list({ ...filter, limit: pageSizeOf(limit) })
      await printList(command, letters, COLUMNS, limit)
    })
  dlq
    .command('show')
    .description('a dead letter with its original payload')
    .argument('<id>')
    .action(async (id: string, _options: unknown, command: Command) => {
      const letter = await connect(command).deadLetters.get(id)
      if (isJson(command)) {
        printJson(letter)
        return
      }
      const { payload, payload_encoding, key, ...rest } = letter
      printTable(COLUMNS, [rest])
      process.stdout.write(
        `\nreason   ${letter.reason}\nkey      ${key ?? '-'}\npayload  (${payload_encoding})\n${payload}\n`,
      )
    })
  choosing(dlq.command('replay').description('try dead letters again'))
    .option('--reason <text>', 'is recorded')
    .action(async (ids: string[], { reason, ...chosen }: Chosen & { reason?: string }, command: Command) => {
      const body = reason === undefined ? {} : { reason }
      await each(command, ids, chosen, (client, id) => client.deadLetters.replay(id, body, { waitS: WAIT_S }))
    })
  choosing(dlq.command('discard').description('give dead letters up'))
    .requiredOption('--reason <text>', 'is recorded')
    .option('--not-moved', 'of bank tasks: the bank was asked, and has not moved the money; their payments fail')
    .action(async (ids: string[], options: Chosen & { reason: string; notMoved?: true }, command: Command) => {
      const { reason, notMoved, ...chosen } = options
      const body = notMoved === undefined ? { reason } : { reason, not_moved: notMoved }
      await each(command, ids, chosen, (client, id) => client.deadLetters.discard(id, body, { waitS: WAIT_S }))
    })
}

type Change = (client: PaymentClient, id: string) => ReturnType<PaymentClient['deadLetters']['replay']>

/**
 * One after the other. Of those that were not named, one that somebody else has closed meanwhile is passed over.
 *
 * @throws what the first one throws that cannot be done
 */
async function each(command: Command, ids: readonly string[], chosen: Chosen, change: Change): Promise<void> {
  if ((chosen.all === true) === ids.length > 0) throw new UsageError('name dead letters by their ids, or --all')
  if (chosen.all === undefined && chosen.kind !== undefined) throw new UsageError('--kind goes with --all')
  const client = connect(command)
  const open = chosen.all === true ? await openLetters(client, chosen) : undefined
  if (chosen.dryRun === true) {
    const letters = open ?? (await Promise.all(ids.map((id) => client.deadLetters.get(id))))
    if (isJson(command)) printJson(letters)
    else printTable(COLUMNS, letters)
    return
  }
  const changed: DeadLetter[] = []
  let queued = 0
  for (const id of open?.map((letter) => letter.id) ?? ids) {
    try {
      const letter = await change(client, id)
      if ('status' in letter) queued += 1
      else changed.push(letter)
    } catch (error) {
      if (open === undefined || !(error instanceof StateConflictError)) throw error
    }
  }
  if (isJson(command)) printJson(changed)
  else printTable(COLUMNS, changed)
  if (queued > 0) throw new QueuedError()
}

async function openLetters(client: PaymentClient, { kind, limit }: Chosen): Promise<DeadLetter[]> {
  const filter = { state: 'open', limit: pageSizeOf(limit), ...(kind === undefined ? {} : { kind }) } as const
  const letters: DeadLetter[] = []
  for await (const letter of client.deadLetters.list(filter)) {
    letters.push(letter)
    if (letters.length === limit) break
  }
  return letters
}

const shortened = (text: string): string =>
  text.length <= MAX_REASON_WIDTH ? text : `${text.slice(0, MAX_REASON_WIDTH - 1)}…`
