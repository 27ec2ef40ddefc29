import { keyStatusAt, type CreateKeyCommand } from '@paycluster/contracts'
import type { BatchAccessChange } from '../batch-command.ts'
import type { AccessDecision, AccessRefusal } from './access-decisions.ts'
import type { KeyRow } from './access-state.ts'
import { isLiveOpsKey, type RunningAccess } from './running-access.ts'

/**
 * Decides a change of a client or a key. That the caller may ask for it, its scope has said.
 *
 * @param atMs  the time of the batch, in milliseconds of the epoch
 * @throws RangeError for a new key whose id is another one's
 */
export function decideAccessChange(access: RunningAccess, change: BatchAccessChange, atMs: number): AccessDecision {
  const row = access.state.changes.get(change.id)
  if (row !== undefined) {
    const key = row.key === null ? undefined : access.keyOf(row.key)
    return { kind: 'repeated access change', change, row, key }
  }
  const { command } = change
  switch (command.type) {
    case 'client.create':
      if (access.isTaken(command.name)) return refused(change, 'client_name_taken')
      access.takeName(command.name)
      return { kind: 'access change', change }
    case 'client.terms':
      if (!access.isClient(command.owner)) return refused(change, 'not_found')
      return { kind: 'access change', change, terms: access.setTerms(command) }
    case 'key.create':
      if (!access.isClient(command.owner)) return refused(change, 'not_found')
      // 60 bits of a hash: never seen, and never to overwrite a key.
      if (access.keyOf(command.key) !== undefined) throw new RangeError('a new key has the id of another one')
      return changed(access, change, command.key, newKey(command))
    case 'key.rotate': {
      const key = access.keyOf(command.key)
      if (key === undefined) return refused(change, 'not_found')
      if (keyStatusAt(key, atMs) !== 'active') return refused(change, 'key_inactive')
      const rotated = { ...key, secretHash: command.secret_hash, version: key.version + 1 }
      return changed(access, change, command.key, rotated)
    }
    case 'key.revoke': {
      const key = access.keyOf(command.key)
      if (key === undefined) return refused(change, 'not_found')
      if (key.revokedAtMs !== null) return { kind: 'idle access change', change, key }
      if (isLiveOpsKey(key, atMs) && !access.hasOpsKeyBeside(command.key, atMs)) return refused(change, 'last_ops_key')
      return changed(access, change, command.key, { ...key, revokedAtMs: atMs })
    }
  }
}

function changed(access: RunningAccess, change: BatchAccessChange, id: string, key: KeyRow): AccessDecision {
  access.setKey(id, key)
  return { kind: 'access change', change, key }
}

const refused = (change: BatchAccessChange, problem: AccessRefusal): AccessDecision => ({
  kind: 'refused access change',
  change,
  problem,
})

const newKey = (command: CreateKeyCommand): KeyRow => ({
  client: command.owner,
  secretHash: command.secret_hash,
  scopes: command.scopes,
  limitTier: command.limit_tier,
  signatureRequired: command.signature_required,
  version: 1,
  createdAtMs: command.created_at_ms,
  expiresAtMs: command.expires_at_ms ?? null,
  revokedAtMs: null,
})
