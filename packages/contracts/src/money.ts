/**
 * Money: an integer number of minor units and an ISO 4217 code.
 *
 * Amounts stop at 2^53-1, so that every amount and every sum that fits an account is exact in JSON and in JavaScript.
 */
import currencyCodes from 'currency-codes'
import { z } from 'zod'

/** Largest amount and largest absolute balance, in minor units: the last integer that JSON carries exactly. */
export const MAX_AMOUNT_MINOR = Number.MAX_SAFE_INTEGER

/** XXX is no currency, XTS one for tests. */
const NO_MONEY = new Set(['XXX', 'XTS'])
export const ISO_4217_CODES = currencyCodes.codes().filter((code) => !NO_MONEY.has(code))
const knownCodes: ReadonlySet<string> = new Set(ISO_4217_CODES)

/** Decimals of a currency: 2 for USD, 0 for JPY. @param code  ISO 4217, known here */
export const currencyExponent = (code: string): number => currencyCodes.code(code)?.digits ?? 0

/** An amount to move, in minor units: 1 ≤ amount ≤ 2^53-1. Strings, fractions and zero are refused. */
export const amountSchema = z
  .int()
  .min(1)
  .max(MAX_AMOUNT_MINOR)
  .meta({ description: 'Minor units of the currency, such as cents', example: 1250 })

/** An ISO 4217 alphabetic code in capitals, as maintained by the standard's agency. */
export const currencySchema = z
  .string()
  .length(3)
  .refine((code) => knownCodes.has(code), { error: 'not an ISO 4217 currency code' })
  .meta({ id: 'Currency', description: 'ISO 4217 code', example: 'USD', enum: ISO_4217_CODES })
