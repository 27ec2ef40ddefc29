import { createHash } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { identify, readAuthorization, type ApiKeyRow } from './api-key.ts'

const secret = 'a-secret-of-128-random-bits'
const row: ApiKeyRow = {
  id: 'demo',
  client_id: 7,
  secret_hash: createHash('sha256').update(secret).digest(),
  scopes: ['payments:read', 'something else'],
  limit_tier: 'peak',
  signature_required: true,
  version: 3,
  expires_at: null,
  revoked_at: null,
}
const nowMs = Date.parse('2026-11-27T00:00:00.000Z')

describe('the header Authorization', () => {
  it('carries a key id and a secret', () => {
    expect(readAuthorization(`Bearer sk_test_demo_${secret}`)).toEqual({ id: 'demo', secret })
    expect(readAuthorization(`bearer sk_test_demo_${secret}_with_more`)?.secret).toBe(`${secret}_with_more`)
  })

  it('carries none when it has any other form', () => {
    const others = [
      undefined,
      '',
      'Bearer',
      'Bearer sk_test_demo',
      'Bearer sk_live_demo_0123456789abcdef',
      'Basic eA==',
    ]
    for (const header of [...others, `Bearer sk_test_demo_${'x'.repeat(201)}`, `Bearer sk_test_de mo_${secret}`])
      expect(readAuthorization(header)).toBeUndefined()
  })
})

describe('an API key', () => {
  it('identifies its client, with the scopes that this cluster knows', () => {
    expect(identify(row, { id: 'demo', secret }, nowMs)).toEqual({
      client: 7,
      key_id: 'demo',
      key_version: 3,
      scopes: ['payments:read'],
      limit_tier: 'peak',
      signature_required: true,
      expires_at_s: nowMs / 1000 + 30,
    })
  })

  it('identifies nobody with another secret, once expired, or once revoked', () => {
    const past = '2026-11-26T23:59:59.999Z'
    expect(identify(row, { id: 'demo', secret: `${secret}x` }, nowMs)).toBeUndefined()
    expect(identify({ ...row, expires_at: past }, { id: 'demo', secret }, nowMs)).toBeUndefined()
    expect(identify({ ...row, revoked_at: past }, { id: 'demo', secret }, nowMs)).toBeUndefined()
  })

  it('that expires soon gives an identity that does', () => {
    const soon = { ...row, expires_at: '2026-11-27T00:00:05.000Z' }
    expect(identify(soon, { id: 'demo', secret }, nowMs)?.expires_at_s).toBe(nowMs / 1000 + 5)
  })
})
