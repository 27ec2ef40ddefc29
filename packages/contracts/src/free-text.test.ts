import { describe, expect, it } from '@jest/globals'
import { cardDetailsSchema, isCardExpired } from './cards.ts'
import { namesCard } from './free-text.ts'

describe('a text', () => {
  it.each([
    '4242424242424242',
    'card 4242 4242 4242 4242, thanks',
    '4242-4242-4242-4242',
    'x378282246310005y',
    '5555555555554444',
  ])('that names a card is found: %s', (text) => {
    expect(namesCard(text)).toBe(true)
  })

  it.each([
    'order 1042',
    '4242424242424241',
    '2026-11-27 09:00:00',
    '+49 170 1234567',
    '00000000-0000-4000-8000-000000000000',
    '42424242424242424242424242',
  ])('that names none is let through: %s', (text) => {
    expect(namesCard(text)).toBe(false)
  })
})

describe('a card', () => {
  const card = { number: '4242424242424242', expiry_month: 12, expiry_year: 2030, cvc: '123' }
  const faultsOf = (given: object): string[] =>
    (cardDetailsSchema.safeParse({ ...card, ...given }).error?.issues ?? []).map(({ path }) => path.join('.'))

  it('needs a number that can be one, and a code as long as its brand has', () => {
    expect(faultsOf({})).toEqual([])
    expect(faultsOf({ number: '4242424242424241' })).toContain('number')
    expect(faultsOf({ number: '4242 4242 4242 4242' })).toContain('number')
    expect(faultsOf({ number: 4_242_424_242_424_242 })).toContain('number')
    expect(faultsOf({ cvc: '1234' })).toEqual(['cvc'])
    expect(faultsOf({ number: '378282246310005', cvc: '1234' })).toEqual([])
    expect(faultsOf({ expiry_month: 13 })).toEqual(['expiry_month'])
    expect(faultsOf({ holder: 'me' })).toEqual([''])
  })

  it('can be charged to the end of its month, in the last time zone', () => {
    expect(isCardExpired(card, Date.parse('2031-01-01T11:59:59Z'))).toBe(false)
    expect(isCardExpired(card, Date.parse('2031-01-01T12:00:00Z'))).toBe(true)
  })
})
