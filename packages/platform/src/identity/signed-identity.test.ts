import { describe, expect, it } from '@jest/globals'
import type { Identity } from '@paycluster/contracts'
import { IdentitySigner, IdentityVerifier } from './signed-identity.ts'

const SECRET = 'a secret for tests, of 32 letters or more'
const identity: Identity = {
  client: 7,
  key_id: 'k1',
  key_version: 1,
  scopes: ['payments:read'],
  limit_tier: 'standard',
  signature_required: false,
  expires_at_s: 100,
}

describe('a signed identity', () => {
  const clock = { now: () => 99_000 }
  const verifier = new IdentityVerifier(SECRET, clock)
  const header = new IdentitySigner(SECRET).sign(identity)

  it('comes back as it was signed', () => {
    expect(verifier.verify(header)).toEqual(identity)
    expect(verifier.verify(header)).toEqual(identity)
  })

  it('is nobody when it is missing, altered, or signed by another cluster', () => {
    const forged = Buffer.from(JSON.stringify({ ...identity, client: 8 })).toString('base64url')
    expect(verifier.verify(undefined)).toBeUndefined()
    expect(verifier.verify('')).toBeUndefined()
    expect(verifier.verify('x.y')).toBeUndefined()
    expect(verifier.verify(`${forged}.${header.split('.')[1] ?? ''}`)).toBeUndefined()
    expect(verifier.verify(new IdentitySigner('another secret of 32 letters or more').sign(identity))).toBeUndefined()
    expect(verifier.verify('a'.repeat(5000))).toBeUndefined()
  })

  it('is nobody once it has expired, also when it was seen before', () => {
    let now = 99_000
    const aging = new IdentityVerifier(SECRET, { now: () => now })
    expect(aging.verify(header)).toEqual(identity)
    now = 100_000
    expect(aging.verify(header)).toBeUndefined()
  })
})
