import { createHmac } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { signatureProblem, signRequest } from './request-signature.ts'

const SECRET = 'whatever the client was shown'
const NOW_S = 1_764_201_600
const body = Buffer.from('{"amount":1250}')
const problem = (header: string | undefined, signed = body, nowS = NOW_S) =>
  signatureProblem(SECRET, header, signed, nowS)

describe('the signature of a request', () => {
  it('is the HMAC of the time, a dot and the raw body, in hexadecimal', () => {
    const hex = createHmac('sha256', SECRET).update(`${NOW_S}.{"amount":1250}`).digest('hex')
    expect(signRequest(SECRET, body, NOW_S)).toBe(`t=${NOW_S},v1=${hex}`)
    expect(problem(`t=${NOW_S},v1=${hex}`)).toBeUndefined()
  })

  it('holds for every body that is not altered', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(300), (bytes, ageS) => {
        const header = signRequest(SECRET, bytes, NOW_S - ageS)
        expect(problem(header, Buffer.from(bytes))).toBeUndefined()
        expect(problem(header, Buffer.from([...bytes, 0]))).toBe('signature_invalid')
      }),
    )
  })

  it('is worth nothing more than five minutes away from its time, on either side', () => {
    const header = signRequest(SECRET, body, NOW_S)
    expect(problem(header, body, NOW_S + 300)).toBeUndefined()
    expect(problem(header, body, NOW_S + 301)).toBe('signature_expired')
    expect(problem(header, body, NOW_S - 301)).toBe('signature_expired')
  })

  it('is missing, or invalid in any other form or with another secret', () => {
    const [, hex = ''] = /v1=(.*)$/.exec(signRequest(SECRET, body, NOW_S)) ?? []
    expect(problem(undefined)).toBe('signature_missing')
    expect(problem(signRequest('another secret', body, NOW_S))).toBe('signature_invalid')
    for (const header of [
      '',
      hex,
      `v1=${hex}`,
      `t=,v1=${hex}`,
      `t=${NOW_S},v1=${hex}0`,
      `t=${NOW_S},v1=${hex.slice(2)}`,
    ])
      expect(problem(header)).toBe('signature_invalid')
    expect(problem(`t=0${NOW_S},v1=${hex}`)).toBe('signature_invalid')
  })
})
