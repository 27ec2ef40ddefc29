import { describe, expect, it } from '@jest/globals'
import type { AccessCommand, Scope } from '@paycluster/contracts'
import type { BatchAccessChange } from '../batch-command.ts'
import type { AccessDecision } from './access-decisions.ts'
import type { AccessChangeRow, AccessState, KeyRow } from './access-state.ts'
import { decideAccessChange } from './decide-access-change.ts'
import { RunningAccess } from './running-access.ts'

const NOW_MS = 1_000_000
const OPERATOR = 1
const [OLD_HASH, NEW_HASH] = ['a'.repeat(64), 'b'.repeat(64)]

const key = (scopes: Scope[] = ['payments:read'], more: Partial<KeyRow> = {}): KeyRow => ({
  client: 7,
  secretHash: OLD_HASH,
  scopes,
  limitTier: 'standard',
  signatureRequired: false,
  version: 3,
  createdAtMs: 1,
  expiresAtMs: null,
  revokedAtMs: null,
  ...more,
})

/** `Omit` of a union keeps only what all of its members have. */
type Asked<T> = T extends unknown ? Omit<T, 'id' | 'asked_by' | 'client' | 'fingerprint' | 'created_at_ms'> : never

const change = (id: string, asked: Asked<AccessCommand>): BatchAccessChange => ({
  type: 'access change',
  id,
  command: {
    ...asked,
    id: `opr_${id}`,
    asked_by: 'k',
    client: OPERATOR,
    fingerprint: '0'.repeat(32),
    created_at_ms: 5,
  },
})
const create = (owner: number, id = 'new', more: { expires_at_ms?: number } = {}) =>
  change(`create ${id}`, {
    type: 'key.create',
    key: id,
    owner,
    secret_hash: NEW_HASH,
    scopes: ['ops'],
    limit_tier: 'high',
    signature_required: true,
    ...more,
  })
const rotate = (id: string) => change(`rotate ${id}`, { type: 'key.rotate', key: id, secret_hash: NEW_HASH })
const revoke = (id: string) => change(`revoke ${id}`, { type: 'key.revoke', key: id })
const makeClient = (name: string, id = `client ${name}`) => change(id, { type: 'client.create', name })

/** Decides in one batch. */
function decide(keys: Record<string, KeyRow>, changes: readonly BatchAccessChange[], more: Partial<AccessState> = {}) {
  const access = new RunningAccess({
    changes: new Map(),
    clients: [{ id: 7, name: 'seven' }],
    keys: new Map(Object.entries(keys)),
    ...more,
  })
  return changes.map((one) => decideAccessChange(access, one, NOW_MS))
}

const resultsOf = (decisions: readonly AccessDecision[]): string[] =>
  decisions.map((decision) => (decision.kind === 'refused access change' ? decision.problem : decision.kind))

describe('a client', () => {
  it('is made once by its name, also within one batch', () => {
    const decisions = decide({}, [makeClient('seven'), makeClient('eight'), makeClient('eight', 'again')])
    expect(resultsOf(decisions)).toEqual(['client_name_taken', 'access change', 'client_name_taken'])
  })
})

describe('the terms of a client', () => {
  const setTerms = (owner: number, id: string, limits: [currency: string, perDay: number | null][] = []) =>
    change(id, {
      type: 'client.terms',
      owner,
      commissions: { deposit: 1, withdrawal: null, card: null },
      limits: limits.map(([currency, per_day]) => ({ currency, per_payment: null, per_day })),
      reason: 'r',
    })

  it('are as they were asked for, each time with the next revision', () => {
    const commissions = { deposit: 1, withdrawal: null, card: null }
    const usd = { currency: 'USD', per_payment: null, per_day: 5 }
    const changes = [
      setTerms(7, 'a', [
        ['USD', 5],
        ['EUR', null],
      ]),
      setTerms(7, 'b'),
    ]
    expect(decide({}, changes, { revisions: new Map([[7, 3]]) })).toMatchObject([
      { kind: 'access change', terms: { client: 7, commissions, limits: [usd], revision: 4 } },
      { kind: 'access change', terms: { client: 7, commissions, limits: [], revision: 5 } },
    ])
  })

  it('are none of a client that there is not', () => {
    expect(resultsOf(decide({}, [setTerms(8, 'a')]))).toEqual(['not_found'])
  })
})

describe('a key', () => {
  it('is made for a client that is there, as it was asked for', () => {
    const [made, refused] = decide({}, [create(7, 'new', { expires_at_ms: 9 }), create(8, 'other')])
    expect(made).toMatchObject({
      kind: 'access change',
      key: {
        client: 7,
        secretHash: NEW_HASH,
        scopes: ['ops'],
        limitTier: 'high',
        signatureRequired: true,
        version: 1,
        createdAtMs: 5,
        expiresAtMs: 9,
        revokedAtMs: null,
      },
    })
    expect(refused).toMatchObject({ problem: 'not_found' })
  })

  it('never takes the place of another one', () => {
    expect(() => decide({ new: key() }, [create(7)])).toThrow(RangeError)
  })

  it('that is rotated has another secret and the next version, and is otherwise the same', () => {
    const before = key(['ops'], { expiresAtMs: NOW_MS + 1 })
    expect(decide({ a: before }, [rotate('a')])).toMatchObject([
      { key: { ...before, secretHash: NEW_HASH, version: 4 } },
    ])
  })

  it('that works no more is not rotated', () => {
    const keys = { expired: key([], { expiresAtMs: NOW_MS }), revoked: key([], { revokedAtMs: 5 }) }
    const decisions = decide(keys, [rotate('expired'), rotate('revoked'), rotate('nowhere')])
    expect(resultsOf(decisions)).toEqual(['key_inactive', 'key_inactive', 'not_found'])
  })

  it('is revoked once, whenever it would have expired', () => {
    const keys = { a: key(), expired: key([], { expiresAtMs: 1 }), revoked: key([], { revokedAtMs: 5 }) }
    const decisions = decide(keys, [revoke('a'), revoke('expired'), revoke('revoked'), revoke('nowhere'), rotate('a')])
    expect(resultsOf(decisions)).toEqual([
      'access change',
      'access change',
      'idle access change',
      'not_found',
      'key_inactive',
    ])
    expect(decisions[0]).toMatchObject({ key: { revokedAtMs: NOW_MS } })
    expect(decisions[2]).toMatchObject({ key: { revokedAtMs: 5 } })
  })
})

describe('the last key that may operate the cluster', () => {
  const others = {
    revoked: key(['ops'], { revokedAtMs: 5 }),
    expired: key(['ops'], { expiresAtMs: NOW_MS }),
    paying: key(['payments:write']),
  }

  it('is not revoked: neither an expired nor a revoked one, nor one of another scope, counts beside it', () => {
    expect(resultsOf(decide({ ...others, last: key(['ops']) }, [revoke('last')]))).toEqual(['last_ops_key'])
  })

  it('is what remains of two in one batch', () => {
    const decisions = decide({ a: key(['ops']), b: key(['ops', 'payments:read']) }, [revoke('a'), revoke('b')])
    expect(resultsOf(decisions)).toEqual(['access change', 'last_ops_key'])
  })

  it('may be revoked behind one that has just been made', () => {
    expect(resultsOf(decide({ last: key(['ops']) }, [create(7), revoke('last')]))).toEqual([
      'access change',
      'access change',
    ])
  })

  it('may be rotated, and revoked when it has expired anyway', () => {
    expect(resultsOf(decide({ last: key(['ops']) }, [rotate('last')]))).toEqual(['access change'])
    expect(resultsOf(decide(others, [revoke('expired')]))).toEqual(['access change'])
  })
})

describe('a change that the ledger has', () => {
  it('is not made again, whatever has become of its key', () => {
    const row: AccessChangeRow = {
      client: { id: 7, name: 'seven', createdAtMs: 1 },
      key: 'a',
      keyVersion: 3,
      reason: null,
      terms: null,
      askedBy: { client: OPERATOR, key: 'k' },
      fingerprint: '0'.repeat(32),
      postedAtMs: 5,
    }
    const now = key([], { version: 4, revokedAtMs: 6 })
    const [decision] = decide({ a: now }, [rotate('a')], { changes: new Map([['rotate a', row]]) })
    expect(decision).toEqual({ kind: 'repeated access change', change: rotate('a'), row, key: now })
  })
})
