import { describe, expect, it } from '@jest/globals'
import { currencyExponent, MAX_AMOUNT_MINOR } from '@paycluster/contracts'
import fc from 'fast-check'
import { decimalAmount } from './decimal-amount.ts'

describe('a decimal amount', () => {
  it.each([
    [-1250, 'USD', '-12.50'],
    [5, 'USD', '0.05'],
    [-5, 'USD', '-0.05'],
    [0, 'USD', '0.00'],
    [0, 'JPY', '0'],
    [-1250, 'JPY', '-1250'],
    [1250, 'KWD', '1.250'],
    [1250, 'IQD', '1.250'],
    [MAX_AMOUNT_MINOR, 'USD', '90071992547409.91'],
    [2n ** 80n, 'USD', '12089258196146291747061.76'],
  ])('of %s minor units of %s is %s', (amount, currency, text) => {
    expect(decimalAmount(amount, currencyExponent(currency))).toBe(text)
  })

  it('loses nothing', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.constantFrom(0, 2, 3, 4), (amount, exponent) => {
        const text = decimalAmount(amount, exponent)
        expect(BigInt(text.replace('.', ''))).toBe(BigInt(amount))
        expect(text.split('.')[1]?.length ?? 0).toBe(exponent)
      }),
    )
  })
})
