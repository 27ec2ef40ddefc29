/** The statements of dead letters within a batch's transaction: sent only for a batch that has to do with some. */
import type { BankRail, DeadLetterState } from '@paycluster/contracts'
import { isoTime } from '@paycluster/platform/iso-time'
import { loadText } from '@paycluster/platform/load-text'
import type { DeadLetter } from '../../dead-letters/dead-letter.ts'
import { byteaArray, plainArray, textArray } from '../array-literal.ts'
import type { BatchLetterChange } from '../batch-command.ts'
import type { Row } from '../ledger-rows.ts'
import type { Uuid } from '../ledger-state.ts'
import { together, type LedgerTransaction } from '../ledger-transaction.ts'
import type { NewLetterChange } from './letter-decisions.ts'
import type { LetterChangeRow, LetterRow, LettersState } from './letter-state.ts'

const sql = (name: string): { name: string; text: string } => ({
  name,
  text: loadText(import.meta.url, `./${name}.sql`),
})

const RECORD_LETTERS = sql('record-letters')
const READ_LETTERS = sql('read-letters')
const READ_LETTER_CHANGES = sql('read-letter-changes')
const CLOSE_LETTERS = sql('close-letters')
const INSERT_LETTER_CHANGES = sql('insert-letter-changes')
const RESUME_TASKS = sql('resume-tasks')

/** Records what the batch gives up. Of a letter that was sent twice in one batch, the later attempt. */
export async function recordLetters(transaction: LedgerTransaction, letters: readonly DeadLetter[]): Promise<void> {
  const each = new Map<string, DeadLetter>()
  for (const letter of letters) {
    const known = each.get(letter.id)
    if (known === undefined || known.attempts < letter.attempts) each.set(letter.id, letter)
  }
  const all = [...each.values()]
  await transaction.run(RECORD_LETTERS, [
    textArray(all.map(({ id }) => id)),
    textArray(all.map(({ reason }) => reason)),
    plainArray(all.map(({ attempts }) => attempts)),
    plainArray(all.map(({ source }) => source.partition)),
    plainArray(all.map(({ source }) => source.message.offset)),
    byteaArray(all.map(({ source }) => source.message.key?.toString('hex') ?? null)),
    byteaArray(all.map(({ source }) => source.message.value?.toString('hex') ?? null)),
    plainArray(all.map(({ atMs }) => isoTime(atMs))),
  ])
}

/** What decides the changes. */
export async function readLetters(
  transaction: LedgerTransaction,
  changes: readonly BatchLetterChange[],
): Promise<LettersState> {
  const named = [...new Set(changes.map(({ command }) => command.letter))].sort()
  const [letterRows, changeRows] = await together([
    transaction.run(READ_LETTERS, [textArray(named)]),
    transaction.run(READ_LETTER_CHANGES, [plainArray(changes.map(({ id }) => id))]),
  ])
  return {
    letters: new Map(letterRows.map((row) => [String(row[0]), toLetterRow(row)] as const)),
    changes: new Map(changeRows.map((row) => [changes[Number(row[0]) - 1]?.id ?? '', toChangeRow(row)] as const)),
  }
}

/** Closes letters, records who did it, and takes up the tasks that are to be tried again. */
export async function closeLetters(
  transaction: LedgerTransaction,
  decisions: readonly NewLetterChange[],
  atMs: number,
): Promise<void> {
  const commands = decisions.map(({ change }) => change.command)
  const resumed = decisions.flatMap(({ change, letter }) =>
    letter.kind === 'bank_task' && change.command.type === 'dead_letter.replay' ? [letter.task] : [],
  )
  const letters = textArray(commands.map(({ letter }) => letter))
  const clients = plainArray(commands.map(({ client }) => client))
  const keys = textArray(commands.map(({ asked_by }) => asked_by))
  const said = textArray(commands.map(({ reason }) => reason ?? null))
  await together([
    transaction.run(CLOSE_LETTERS, [
      letters,
      plainArray(commands.map(({ type }) => stateAfter(type))),
      clients,
      keys,
      said,
      isoTime(atMs),
    ]),
    transaction.run(INSERT_LETTER_CHANGES, [
      plainArray(decisions.map(({ change }) => change.id)),
      letters,
      plainArray(commands.map(({ type }) => (type === 'dead_letter.replay' ? 'replay' : 'discard'))),
      plainArray(decisions.map(({ letter }) => letter.attempts)),
      plainArray(decisions.map(({ letter }) => letter.version + 1)),
      said,
      clients,
      keys,
      byteaArray(commands.map(({ fingerprint }) => fingerprint)),
      plainArray(commands.map(({ created_at_ms }) => isoTime(created_at_ms))),
      isoTime(atMs),
    ]),
    resumed.length === 0 ? NOTHING : transaction.run(RESUME_TASKS, [plainArray(resumed), isoTime(atMs)]),
  ])
}

const NOTHING = Promise.resolve<Row[]>([])

/** What a letter is after a command. */
export const stateAfter = (type: BatchLetterChange['command']['type']): DeadLetterState =>
  type === 'dead_letter.replay' ? 'replayed' : 'discarded'

function toLetterRow(row: Row): LetterRow {
  const [id, kind, state, reason, attempts, version, partition, offset, key, payload, firstAtMs, lastAtMs] = row
  const common = {
    id: String(id),
    state: state as DeadLetterState,
    reason: String(reason),
    attempts: Number(attempts),
    version: Number(version),
    firstAtMs: Number(firstAtMs),
    lastAtMs: Number(lastAtMs),
    payload: bytesOf(payload),
  }
  if (kind === 'command' || kind === 'event')
    return { ...common, kind, partition: Number(partition), offset: Number(offset), key: bytesOf(key) }
  const [payment, client, rail, source, destination, counterparty, fingerprint, task, refundClient, refundFingerprint] =
    row.slice(12)
  return {
    ...common,
    kind: 'bank_task',
    task: task as Uuid,
    payment: payment as Uuid,
    client: Number(client),
    rail: rail as BankRail,
    source: source as Uuid,
    destination: destination as Uuid,
    counterparty: counterparty === null ? null : Number(counterparty),
    fingerprint: String(fingerprint),
    refund: refundClient === null ? null : { client: Number(refundClient), fingerprint: String(refundFingerprint) },
  }
}

const bytesOf = (hex: unknown): Buffer | null => (typeof hex === 'string' ? Buffer.from(hex, 'hex') : null)

function toChangeRow(row: Row): LetterChangeRow {
  const [, kind, attempts, letterVersion, reason, askedByClient, askedByKey, fingerprint, postedAtMs] = row
  return {
    kind: kind as LetterChangeRow['kind'],
    attempts: Number(attempts),
    letterVersion: Number(letterVersion),
    reason: typeof reason === 'string' ? reason : null,
    askedBy: { client: Number(askedByClient), key: String(askedByKey) },
    fingerprint: String(fingerprint),
    postedAtMs: Number(postedAtMs),
  }
}
