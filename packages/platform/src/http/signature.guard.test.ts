import type { ExecutionContext } from '@nestjs/common'
import { describe, expect, it } from '@jest/globals'
import { signingSecret } from '../identity/signing-secret.ts'
import { CallerGuard } from './caller.ts'
import { IdentitySigner, IdentityVerifier } from '../identity/signed-identity.ts'
import { signRequest } from '../signature/request-signature.ts'
import { SignatureGuard } from './signature.guard.ts'

const SECRET = 'a secret for tests, of 32 letters or more'
const NOW_S = 1_764_201_600
const clock = { now: () => NOW_S * 1000 }
const body = Buffer.from('{}')

/** A request of client 7 behind both guards. */
function pass(isRequired: boolean, signature?: string): boolean {
  const identity = new IdentitySigner(SECRET).sign({
    client: 7,
    key_id: 'k1',
    key_version: 2,
    scopes: ['payments:write'],
    limit_tier: 'standard',
    signature_required: isRequired,
    expires_at_s: NOW_S + 30,
  })
  const headers = { 'x-identity': identity, ...(signature === undefined ? {} : { 'x-signature': signature }) }
  const request = { headers, rawBody: body }
  const context = {
    switchToHttp: () => ({ getRequest: () => request }),
    getHandler: () => pass,
  } as unknown as ExecutionContext
  new CallerGuard(new IdentityVerifier(SECRET, clock)).canActivate(context)
  return new SignatureGuard(SECRET, clock).canActivate(context)
}

const signed = (version: number): string => signRequest(signingSecret(SECRET, 'k1', version), body, NOW_S)

describe('the guard of signatures', () => {
  it('demands a signature of a key that must sign', () => {
    expect(() => pass(true)).toThrow(expect.objectContaining({ code: 'signature_missing' }))
    expect(pass(true, signed(2))).toBe(true)
  })

  it('lets other keys do without, but not with a wrong one', () => {
    expect(pass(false)).toBe(true)
    expect(pass(false, signed(2))).toBe(true)
    expect(() => pass(false, 't=1,v1=00')).toThrow(expect.objectContaining({ code: 'signature_invalid' }))
  })

  it('refuses the secret that a rotation has replaced', () => {
    expect(() => pass(true, signed(1))).toThrow(expect.objectContaining({ code: 'signature_invalid' }))
  })
})
