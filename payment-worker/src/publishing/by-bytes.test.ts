import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { cutByBytes, messageBytes } from './by-bytes.ts'

describe('pieces of bounded size', () => {
  it('hold every item once, in order, and no more than they may', () => {
    const limits = fc.record({ maxBytes: fc.integer({ min: 1, max: 50 }), maxCount: fc.integer({ min: 1, max: 5 }) })
    fc.assert(
      fc.property(fc.array(fc.nat(60)), limits, (sizes, { maxBytes, maxCount }) => {
        const pieces = cutByBytes(sizes, (size) => size, { maxBytes, maxCount })
        expect(pieces.flat()).toEqual(sizes)
        for (const piece of pieces) {
          expect(piece.length).toBeGreaterThan(0)
          expect(piece.length).toBeLessThanOrEqual(maxCount)
          const bytes = piece.reduce((sum, size) => sum + size, 0)
          expect(bytes <= maxBytes || piece.length === 1).toBe(true)
        }
      }),
    )
  })

  it('count bytes and not letters, of keys and headers as well', () => {
    const plain = messageBytes({ value: null })
    expect(messageBytes({ key: 'é', value: Buffer.alloc(10), headers: { a: 'ü' } })).toBe(plain + 2 + 10 + 1 + 2)
  })
})
