/**
 * Cards for tests: Luhn-valid, and nobody's. All begin with 4000 0000, the range of processors' test numbers
 * (https://docs.stripe.com/testing). A number is made where it is sent: it stands in no plan, label, log or answer.
 */
import type { CardDetails } from '@paycluster/contracts'
import { Draws } from './draws.ts'

const RANGE = '40000000'
/** Digits between the range and the check digit. */
const FREE_DIGITS = 7
/** Those that the bank declines by their number: bank-simulator's cards/card-outcome.ts. */
const DECLINED = ['4000000000000002', '4000000000009995', '4000000000000069', '4000000000000127']
/** Cards of a seed; a draw of 10^7 numbers. */
const EXPIRY_YEAR = 2040

/**
 * @param card  which of the seed's; the same one is the same card
 * @param isDeclined  one that the bank declines: there are four of those, whatever the seed
 */
export function testCard(seed: number, card: number, isDeclined: boolean): CardDetails {
  const draws = new Draws(seed, `card ${card}`)
  const details = {
    expiry_month: draws.integer(1, 12),
    expiry_year: EXPIRY_YEAR,
    cvc: String(draws.integer(0, 999)).padStart(3, '0'),
  }
  if (isDeclined) return { ...details, number: DECLINED[card % DECLINED.length] ?? '' }
  let number: string
  do {
    const body = RANGE + String(draws.integer(0, 10 ** FREE_DIGITS - 1)).padStart(FREE_DIGITS, '0')
    number = body + luhnDigit(body)
  } while (DECLINED.includes(number))
  return { ...details, number }
}

/** ISO/IEC 7812-1, annex B. */
function luhnDigit(digits: string): string {
  const sum = Array.from(digits, Number).reduceRight((total, digit, index) => {
    const value = (digits.length - 1 - index) % 2 === 0 ? digit * 2 : digit
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return String((10 - (sum % 10)) % 10)
}
