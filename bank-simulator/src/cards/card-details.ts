import cardValidator from 'card-validator'
import { z } from 'zod'
import { parseJson } from '@paycluster/platform/http/json-body'
import { BankProblem } from '../http/bank-problem.ts'

const plaintextSchema = z.strictObject({
  number: z.string().regex(/^\d{12,19}$/),
  expiry_month: z.int().min(1).max(12),
  expiry_year: z.int().min(2000).max(2199),
  cvc: z.string().regex(/^\d{3,4}$/),
})
const FIELDS = Object.keys(plaintextSchema.shape)

/** A card as it was typed in: it lives as long as the request that brought it. */
export interface CardDetails {
  readonly number: string
  /** `visa`, `mastercard`, `american-express`: the names of credit-card-type. */
  readonly brand: string
  readonly expiryMonth: number
  readonly expiryYear: number
}

/**
 * @param plaintext  JSON `{number, expiry_month, expiry_year, cvc}`
 * @throws BankProblem `card_invalid` (422) that names the fields at fault, and nothing of what was in them
 */
export function readCardDetails(plaintext: Uint8Array): CardDetails {
  const parsed = plaintextSchema.safeParse(parsePlaintext(plaintext))
  if (!parsed.success) throw invalid(parsed.error.issues.map(({ path }) => String(path[0])))
  const { number, cvc, expiry_month: expiryMonth, expiry_year: expiryYear } = parsed.data
  const { isValid, card } = cardValidator.number(number)
  if (!isValid || card === null) throw invalid(['number'])
  if (cvc.length !== card.code.size) throw invalid(['cvc'])
  return { number, brand: card.type, expiryMonth, expiryYear }
}

/** The parser's message quotes what it read: it goes nowhere. */
function parsePlaintext(plaintext: Uint8Array): unknown {
  try {
    return parseJson(Buffer.from(plaintext))
  } catch {
    return undefined
  }
}

/** @param fields  at fault; a name that the client thought of is not repeated */
function invalid(fields: readonly string[]): BankProblem {
  const known = FIELDS.filter((field) => fields.includes(field))
  return new BankProblem('card_invalid', 'The plaintext must be JSON with a valid number, expiry and cvc.', {
    members: { fields: known.length === 0 ? FIELDS : known },
  })
}
