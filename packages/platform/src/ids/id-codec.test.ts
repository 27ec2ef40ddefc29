import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { ACCOUNT_ID_PATTERN, PAYMENT_ID_PATTERN } from '@paycluster/contracts'
import { IdCodec, idToUuid } from './id-codec.ts'

const codec = new IdCodec('a secret for tests, of 32 letters or more')
const client = fc.integer({ min: 1, max: 2 ** 31 })
const key = fc.string({ minLength: 1, maxLength: 255 })

describe('an id', () => {
  it('is the same for the same client and key, and another for another', () => {
    fc.assert(
      fc.property(client, key, key, (c, a, b) => {
        expect(codec.derive('pay', c, a)).toBe(codec.derive('pay', c, a))
        expect(codec.derive('pay', c, a) === codec.derive('pay', c, b)).toBe(a === b)
        expect(codec.derive('pay', c, a)).not.toBe(codec.derive('pay', c + 1, a))
      }),
    )
  })

  it('has the shape that the contract names', () => {
    fc.assert(
      fc.property(client, key, (c, k) => {
        expect(codec.derive('pay', c, k)).toMatch(PAYMENT_ID_PATTERN)
        expect(codec.random('acc', c)).toMatch(ACCOUNT_ID_PATTERN)
      }),
    )
  })

  it('comes back from the uuid that the ledger stores', () => {
    fc.assert(
      fc.property(client, fc.uuid(), (c, uuid) => {
        const id = codec.fromUuid('pay', uuid, c)
        expect(idToUuid(id)).toBe(uuid.replaceAll('-', ''))
        expect(codec.isOwnedBy('pay', id, c)).toBe(true)
      }),
    )
  })

  it('is issued to everybody and owned by its client only', () => {
    fc.assert(
      fc.property(client, key, (c, k) => {
        const id = codec.derive('acc', c, k)
        expect(codec.isIssued('acc', id)).toBe(true)
        expect(codec.isOwnedBy('acc', id, c)).toBe(true)
        expect(codec.isOwnedBy('acc', id, c + 1)).toBe(false)
      }),
    )
  })

  it('is refused when any one character is changed', () => {
    const id = codec.derive('pay', 7, 'order-1')
    for (let at = 4; at < id.length; at++) {
      const altered = id.slice(0, at) + (id[at] === '0' ? '1' : '0') + id.slice(at + 1)
      expect(codec.isOwnedBy('pay', altered, 7)).toBe(false)
    }
  })

  it('is refused under another prefix, another secret, or when it is no id at all', () => {
    const id = codec.derive('pay', 7, 'order-1')
    expect(codec.isIssued('acc', id.replace('pay_', 'acc_'))).toBe(false)
    expect(new IdCodec('another secret of 32 letters or more').isIssued('pay', id)).toBe(false)
    for (const text of ['', 'pay_', `${id}0`, 'pay_' + 'é'.repeat(38), 'x'.repeat(42)])
      expect(codec.isIssued('pay', text)).toBe(false)
  })
})
