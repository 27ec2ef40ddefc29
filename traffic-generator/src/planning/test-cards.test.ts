import { describe, expect, it } from '@jest/globals'
import { cardDetailsSchema } from '@paycluster/contracts'
import { assert, boolean, integer, property } from 'fast-check'
import { testCard } from './test-cards.ts'

const DECLINED = ['4000000000000002', '4000000000009995', '4000000000000069', '4000000000000127']

describe('a card for tests', () => {
  it('is one that the API takes, and nobody’s: of the range for tests', () => {
    assert(
      property(
        integer({ min: 0, max: 4_294_967_295 }),
        integer({ min: 0, max: 50_000_000 }),
        boolean(),
        (seed, nth, isDeclined) => {
          const card = testCard(seed, nth, isDeclined)
          expect(cardDetailsSchema.safeParse(card).success).toBe(true)
          expect(card.number).toMatch(/^40000000/)
          expect(DECLINED.includes(card.number)).toBe(isDeclined)
        },
      ),
    )
  })

  it('is the same for the same seed and place', () => {
    expect(testCard(7, 3, false)).toEqual(testCard(7, 3, false))
    expect(testCard(7, 3, false)).not.toEqual(testCard(7, 4, false))
    expect(testCard(7, 3, false)).not.toEqual(testCard(8, 3, false))
  })
})
