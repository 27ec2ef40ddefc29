/** The statements of clients and keys within a batch's transaction: sent only for a batch that changes some. */
import type { ClientTerms, LimitTier, Scope } from '@paycluster/contracts'
import { isoTime } from '@paycluster/platform/iso-time'
import { loadText } from '@paycluster/platform/load-text'
import { byteaArray, plainArray, textArray } from '../array-literal.ts'
import type { Row } from '../ledger-rows.ts'
import { together, type LedgerTransaction } from '../ledger-transaction.ts'
import type { Uuid } from '../ledger-state.ts'
import { ContentionError } from '../posting-errors.ts'
import { readTerms, writeTerms } from '../terms/term-statements.ts'
import type { BatchAccessChange } from '../batch-command.ts'
import type { NewAccessChange } from './access-decisions.ts'
import type { TermsState } from '../terms/term-state.ts'
import type { AccessChangeRow, AccessState, KeyRow } from './access-state.ts'

const sql = (name: string): { name: string; text: string } => ({
  name,
  text: loadText(import.meta.url, `./${name}.sql`),
})

const READ_ACCESS_CHANGES = sql('read-access-changes')
const READ_CLIENTS = sql('read-clients')
const READ_KEYS = sql('read-keys')
const INSERT_CLIENTS = sql('insert-clients')
const INSERT_KEYS = sql('insert-keys')
const UPDATE_KEYS = sql('update-keys')
const INSERT_ACCESS_CHANGES = sql('insert-access-changes')

/** As the ledger names what a command asks for: `access_change_kind`. */
const KIND_OF = {
  'client.create': 'create_client',
  'client.terms': 'set_terms',
  'key.create': 'create_key',
  'key.rotate': 'rotate_key',
  'key.revoke': 'revoke_key',
} as const satisfies Record<BatchAccessChange['command']['type'], string>

/** What decides the changes. One partition has all of them, whose offset is locked: what is read stays true. */
export async function readAccess(
  transaction: LedgerTransaction,
  changes: readonly BatchAccessChange[],
): Promise<AccessState> {
  const commands = changes.map(({ command }) => command)
  const names = commands.flatMap((command) => (command.type === 'client.create' ? [command.name] : []))
  const owners = commands.flatMap((command) => ('owner' in command ? [command.owner] : []))
  const termed = commands.flatMap((command) => (command.type === 'client.terms' ? [command.owner] : []))
  const keys = commands.flatMap((command) => ('key' in command ? [command.key] : []))
  const isRevoking = commands.some(({ type }) => type === 'key.revoke')
  const [changeRows, clientRows, keyRows, terms] = await together([
    transaction.run(READ_ACCESS_CHANGES, [plainArray(changes.map(({ id }) => id))]),
    transaction.run(READ_CLIENTS, [plainArray(owners), textArray(names)]),
    transaction.run(READ_KEYS, [textArray(keys), String(isRevoking)]),
    termed.length === 0 ? NO_TERMS : readTerms(transaction, termed),
  ])
  return {
    changes: new Map(changeRows.map((row) => [changes[Number(row[0]) - 1]?.id ?? '', toChangeRow(row)] as const)),
    clients: clientRows.map(([id, name]) => ({ id: Number(id), name: String(name) })),
    keys: new Map(keyRows.map((row) => [String(row[0]), toKeyRow(row)] as const)),
    revisions: new Map([...terms].map(([client, { revision }]) => [client, revision] as const)),
  }
}

const NO_TERMS = Promise.resolve<TermsState>(new Map())

/**
 * Makes clients and sets their terms, makes and changes keys: each client and each key once, in its last state.
 *
 * @returns the numbers of the new clients by the ids of the changes that made them
 * @throws ContentionError when a key turned out not to be as it was · DatabaseError unique_violation when a client or a
 * key turned out not to be new
 */
export async function writeAccess(
  transaction: LedgerTransaction,
  changes: readonly NewAccessChange[],
  before: AccessState['keys'],
): Promise<ReadonlyMap<Uuid, number>> {
  const clients = changes.flatMap(({ change: { id, command } }) =>
    command.type === 'client.create' ? [{ id, name: command.name, createdAtMs: command.created_at_ms }] : [],
  )
  const last = new Map<string, KeyRow>()
  for (const { change, key } of changes)
    if (key !== undefined && 'key' in change.command) last.set(change.command.key, key)
  const made = [...last].filter(([id]) => !before.has(id))
  const kept = [...last].flatMap(([id, after]) => {
    const earlier = before.get(id)
    return earlier === undefined ? [] : [{ id, versionBefore: earlier.version, after }]
  })
  const terms = new Map(
    changes.flatMap(({ terms: after }) => (after === undefined ? [] : [[after.client, after] as const])),
  )
  const [clientRows, , keptRows] = await together([
    clients.length === 0 ? NO_ROWS : insertClients(transaction, clients),
    made.length === 0 ? NO_ROWS : insertKeys(transaction, made),
    kept.length === 0 ? NO_ROWS : updateKeys(transaction, kept),
    terms.size === 0 ? DONE : writeTerms(transaction, inOrder(terms)),
  ])
  if (keptRows.length < kept.length) throw new ContentionError('a key turned out not to be as it was')
  const numbers = new Map(clientRows.map(([name, id]) => [name, Number(id)] as const))
  return new Map(clients.map(({ id, name }) => [id, numbers.get(name) ?? 0] as const))
}

const NO_ROWS = Promise.resolve<Row[]>([])
const DONE = Promise.resolve()

/** The order in which rows are locked. */
const inOrder = (terms: ReadonlyMap<number, ClientTerms>): ClientTerms[] =>
  [...terms.values()].sort((a, b) => a.client - b.client)

function insertClients(
  transaction: LedgerTransaction,
  clients: readonly { readonly name: string; readonly createdAtMs: number }[],
): Promise<Row[]> {
  return transaction.run(INSERT_CLIENTS, [
    textArray(clients.map(({ name }) => name)),
    timeArray(clients.map(({ createdAtMs }) => createdAtMs)),
  ])
}

function insertKeys(transaction: LedgerTransaction, keys: readonly (readonly [string, KeyRow])[]): Promise<Row[]> {
  const rows = keys.map(([, row]) => row)
  return transaction.run(INSERT_KEYS, [
    textArray(keys.map(([id]) => id)),
    plainArray(rows.map(({ client }) => client)),
    byteaArray(rows.map(({ secretHash }) => secretHash)),
    textArray(rows.map(({ scopes }) => scopes.join(' '))),
    plainArray(rows.map(({ limitTier }) => limitTier)),
    plainArray(rows.map(({ signatureRequired }) => String(signatureRequired))),
    plainArray(rows.map(({ version }) => version)),
    timeArray(rows.map(({ createdAtMs }) => createdAtMs)),
    timeArray(rows.map(({ expiresAtMs }) => expiresAtMs)),
    timeArray(rows.map(({ revokedAtMs }) => revokedAtMs)),
  ])
}

function updateKeys(
  transaction: LedgerTransaction,
  keys: readonly { readonly id: string; readonly versionBefore: number; readonly after: KeyRow }[],
): Promise<Row[]> {
  return transaction.run(UPDATE_KEYS, [
    textArray(keys.map(({ id }) => id)),
    plainArray(keys.map(({ versionBefore }) => versionBefore)),
    byteaArray(keys.map(({ after }) => after.secretHash)),
    plainArray(keys.map(({ after }) => after.version)),
    timeArray(keys.map(({ after }) => after.revokedAtMs)),
  ])
}

/**
 * Records who did what.
 *
 * @param newClients  from {@link writeAccess}
 * @throws DatabaseError unique_violation when one turns out not to be new
 */
export async function insertAccessChanges(
  transaction: LedgerTransaction,
  changes: readonly NewAccessChange[],
  newClients: ReadonlyMap<Uuid, number>,
  atMs: number,
): Promise<void> {
  const commands = changes.map(({ change }) => change.command)
  await transaction.run(INSERT_ACCESS_CHANGES, [
    plainArray(changes.map(({ change }) => change.id)),
    plainArray(commands.map(({ type }) => KIND_OF[type])),
    plainArray(
      changes.map(({ change, key, terms }) => key?.client ?? terms?.client ?? newClients.get(change.id) ?? null),
    ),
    textArray(commands.map((command) => ('key' in command ? command.key : null))),
    plainArray(changes.map(({ key }) => key?.version ?? null)),
    textArray(commands.map((command) => ('reason' in command ? (command.reason ?? null) : null))),
    plainArray(commands.map(({ client }) => client)),
    textArray(commands.map(({ asked_by }) => asked_by)),
    byteaArray(commands.map(({ fingerprint }) => fingerprint)),
    timeArray(commands.map(({ created_at_ms }) => created_at_ms)),
    isoTime(atMs),
    textArray(changes.map(({ terms }) => (terms === undefined ? null : JSON.stringify(terms)))),
  ])
}

function toChangeRow(row: Row): AccessChangeRow {
  const [, key, keyVersion, reason, askedByClient, askedByKey, fingerprint, postedAtMs] = row
  const [clientId, clientName, clientCreatedAtMs, terms] = row.slice(8)
  return {
    client: { id: Number(clientId), name: String(clientName), createdAtMs: Number(clientCreatedAtMs) },
    key: optionalText(key),
    keyVersion: optionalNumber(keyVersion),
    reason: optionalText(reason),
    terms: terms as ClientTerms | null,
    askedBy: { client: Number(askedByClient), key: String(askedByKey) },
    fingerprint: String(fingerprint),
    postedAtMs: Number(postedAtMs),
  }
}

function toKeyRow(row: Row): KeyRow {
  const [, client, secretHash, scopes, limitTier, signatureRequired, version] = row
  const [createdAtMs, expiresAtMs, revokedAtMs] = row.slice(7)
  return {
    client: Number(client),
    secretHash: String(secretHash),
    scopes: String(scopes).split(' ') as Scope[],
    limitTier: limitTier as LimitTier,
    signatureRequired: signatureRequired === true,
    version: Number(version),
    createdAtMs: Number(createdAtMs),
    expiresAtMs: optionalNumber(expiresAtMs),
    revokedAtMs: optionalNumber(revokedAtMs),
  }
}

const optionalText = (value: unknown): string | null => (typeof value === 'string' ? value : null)
const optionalNumber = (value: unknown): number | null => (value === null ? null : Number(value))

const timeArray = (times: readonly (number | null)[]): string =>
  plainArray(times.map((time) => (time === null ? null : isoTime(time))))
