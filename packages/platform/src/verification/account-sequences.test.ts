import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { AccountSequences } from './account-sequences.ts'

describe('AccountSequences', () => {
  it('knows what it has seen, whatever the order and however often', () => {
    const seen = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 300 })))
    fc.assert(
      fc.property(seen, (pairs) => {
        const sequences = new AccountSequences()
        const expected = new Set(pairs.map(([account, sequence]) => `${account}${sequence}`))
        for (const [account, sequence] of pairs) sequences.add(account, sequence)
        for (const account of ['a', 'b', 'c']) {
          for (let sequence = 1; sequence <= 301; sequence++) {
            expect(sequences.has(account, sequence)).toBe(expected.has(`${account}${sequence}`))
          }
        }
      }),
      { numRuns: 50 },
    )
  })

  it('finds the first gap of a range', () => {
    const sequences = new AccountSequences()
    for (const sequence of [1, 2, 4, 5, 1000]) sequences.add('a', sequence)
    expect(sequences.firstGap('a', 1, 2)).toBeUndefined()
    expect(sequences.firstGap('a', 1, 5)).toBe(3)
    expect(sequences.firstGap('a', 4, 5)).toBeUndefined()
    expect(sequences.firstGap('a', 4, 1000)).toBe(6)
    expect(sequences.firstGap('b', 1, 1)).toBe(1)
    expect(sequences.firstGap('b', 1, 0)).toBeUndefined()
    expect([...sequences.highest()]).toEqual([['a', 1000]])
  })
})
