import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { fingerprintOf } from './fingerprint.ts'

const body = fc.record({
  amount: fc.integer(),
  description: fc.string(),
  metadata: fc.dictionary(fc.string({ minLength: 1 }), fc.string()),
})
const reversed = <T extends object>(fields: T): T => Object.fromEntries(Object.entries(fields).reverse()) as T

describe('the fingerprint of a body', () => {
  it('has 128 bits', () => {
    expect(fingerprintOf({ amount: 1 })).toMatch(/^[0-9a-f]{32}$/)
  })

  it('is the same whatever the order of the members', () => {
    fc.assert(
      fc.property(body, (fields) => {
        const other = reversed({ ...fields, metadata: reversed(fields.metadata) })
        expect(fingerprintOf(other)).toBe(fingerprintOf(fields))
      }),
    )
  })

  it('is another for another body', () => {
    fc.assert(
      fc.property(body, body, (a, b) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b) && JSON.stringify(reversed(a)) !== JSON.stringify(b))
        const isSame = fingerprintOf(a) === fingerprintOf(b)
        if (isSame) expect(a).toEqual(b)
      }),
    )
    expect(fingerprintOf({ a: '1' })).not.toBe(fingerprintOf({ a: 1 }))
    expect(fingerprintOf({ a: 'b', c: 'd' })).not.toBe(fingerprintOf({ a: 'b', metadata: { c: 'd' } }))
    expect(fingerprintOf({ a: 'b', c: undefined })).toBe(fingerprintOf({ a: 'b' }))
  })
})
