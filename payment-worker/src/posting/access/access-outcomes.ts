import { keyStatusAt, type Client, type ClientTerms, type Key } from '@paycluster/contracts'
import { isoTime } from '@paycluster/platform/iso-time'
import type { BatchAccessChange } from '../batch-command.ts'
import type { AccessOutcome, RefusedOutcome } from '../posted-batch.ts'
import type {
  AccessDecision,
  AccessRefusal,
  IdleAccessChange,
  NewAccessChange,
  RefusedAccessChange,
  RepeatedAccessChange,
} from './access-decisions.ts'
import type { ClientRow, KeyRow } from './access-state.ts'

const CHANGES = {
  'client.create': 'client.created',
  'client.terms': 'client.terms_changed',
  'key.create': 'key.created',
  'key.rotate': 'key.rotated',
  'key.revoke': 'key.revoked',
} as const satisfies Record<BatchAccessChange['command']['type'], AccessOutcome['change']>

const REFUSALS: Readonly<Record<AccessRefusal, string>> = {
  not_found: 'There is no such client or key.',
  client_name_taken: 'Another client has this name.',
  key_inactive: 'The key is revoked or has expired: make another one.',
  last_ops_key: 'Without this key nobody could operate the cluster: make another one with the scope ops first.',
}

/**
 * Tells what a change of a client or a key came to, in the terms of the API.
 *
 * @param newClients  the numbers of the clients that the batch made, by the ids of their commands
 * @param atMs  the time of the batch
 */
export function accessOutcome(
  decision: AccessDecision,
  newClients: ReadonlyMap<string, number>,
  atMs: number,
): AccessOutcome | RefusedOutcome {
  switch (decision.kind) {
    case 'access change':
      return ofNew(decision, newClients, atMs)
    case 'idle access change':
      return ofIdle(decision, atMs)
    case 'repeated access change':
      return ofRepeated(decision)
    case 'refused access change':
      return ofRefused(decision)
  }
}

function ofNew(
  { change, key, terms }: NewAccessChange,
  newClients: ReadonlyMap<string, number>,
  atMs: number,
): AccessOutcome {
  const { command } = change
  const asked = askedNow(change, atMs)
  if (command.type === 'client.create') {
    const id = newClients.get(change.id)
    if (id === undefined) throw new Error('a new client has no number')
    return { ...asked, ...aboutClient({ id, name: command.name, createdAtMs: command.created_at_ms }) }
  }
  if (terms !== undefined) return { ...asked, ...aboutTerms(terms), ...reasonOf(command) }
  if (key === undefined || !('key' in command)) throw new Error(`${command.type} left no key`)
  const { secretHash } = key
  return { ...asked, ...aboutKey(command.key, key, atMs), secretHash, ...reasonOf(command) }
}

/** Answered as the first time, and nothing has happened. */
function ofIdle({ change, key }: IdleAccessChange, atMs: number): AccessOutcome {
  return { ...askedNow(change, atMs), hasChanged: false, ...aboutKey(keyIn(change), key, atMs) }
}

/**
 * As the change left it: the event that the first time may not have published is of that state. With the secret's hash
 * only while the key has no later secret.
 */
function ofRepeated({ change, row, key }: RepeatedAccessChange): AccessOutcome {
  const { type } = change.command
  const repeated = {
    type: 'access',
    command: change,
    change: CHANGES[type],
    hasChanged: true,
    askedBy: row.askedBy,
    atMs: row.postedAtMs,
    fingerprint: row.fingerprint,
    ...reasonOf(row),
  } as const
  if (row.terms !== null) return { ...repeated, ...aboutTerms(row.terms) }
  if (key === undefined) return { ...repeated, ...aboutClient(row.client) }
  const version = row.keyVersion ?? key.version
  const after = { ...key, version, revokedAtMs: type === 'key.revoke' ? row.postedAtMs : null }
  const hash = version === key.version ? { secretHash: key.secretHash } : {}
  return { ...repeated, ...aboutKey(keyIn(change), after, row.postedAtMs), ...hash }
}

function ofRefused({ change, problem }: RefusedAccessChange): RefusedOutcome {
  return {
    type: 'refused',
    command: change,
    problem: { code: problem, detail: REFUSALS[problem] },
    fingerprint: change.command.fingerprint,
  }
}

const askedNow = (change: BatchAccessChange, atMs: number) =>
  ({
    type: 'access',
    command: change,
    change: CHANGES[change.command.type],
    hasChanged: true,
    askedBy: { client: change.command.client, key: change.command.asked_by },
    atMs,
    fingerprint: change.command.fingerprint,
  }) as const

const aboutClient = (client: ClientRow) => ({ client: client.id, object: viewOfClient(client) })
const aboutTerms = (terms: ClientTerms) => ({ client: terms.client, object: terms })
const aboutKey = (id: string, key: KeyRow, atMs: number) => ({ client: key.client, object: viewOfKey(id, key, atMs) })

const reasonOf = (asked: object): { reason?: string } =>
  'reason' in asked && typeof asked.reason === 'string' ? { reason: asked.reason } : {}

const keyIn = ({ command }: BatchAccessChange): string => ('key' in command ? command.key : '')

const viewOfClient = ({ id, name, createdAtMs }: ClientRow): Client => ({ id, name, created_at: isoTime(createdAtMs) })

const viewOfKey = (id: string, key: KeyRow, atMs: number): Key => ({
  id,
  client_id: key.client,
  scopes: [...key.scopes],
  limit_tier: key.limitTier,
  signature_required: key.signatureRequired,
  status: keyStatusAt(key, atMs),
  version: key.version,
  created_at: isoTime(key.createdAtMs),
  expires_at: key.expiresAtMs === null ? null : isoTime(key.expiresAtMs),
  revoked_at: key.revokedAtMs === null ? null : isoTime(key.revokedAtMs),
})
