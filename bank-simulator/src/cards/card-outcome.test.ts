import { describe, expect, it } from '@jest/globals'
import { hasExpired, outcomeOf } from './card-outcome.ts'

describe('hasExpired', () => {
  it.each([
    [2026, 11, '2026-11-30T23:59:59.999Z', false],
    [2026, 11, '2026-12-01T00:00:00.000Z', true],
    [2026, 12, '2026-12-31T23:59:59.999Z', false],
    [2026, 12, '2027-01-01T00:00:00.000Z', true],
  ])('of %i-%i at %s is %s', (year, month, now, expected) => {
    expect(hasExpired(year, month, Date.parse(now))).toBe(expected)
  })
})

describe('outcomeOf', () => {
  it('settles what is no test number of a decline', () => {
    expect(outcomeOf('4242424242424242')).toEqual({ status: 'settled' })
    expect(outcomeOf('4000000000000002')).toEqual({ status: 'declined', reason: 'card_declined' })
  })
})
