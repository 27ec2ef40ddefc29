/** What a client says of a card. Of its number and its code nothing is kept, logged, queued or echoed. */
import cardValidator from 'card-validator'
import { z } from 'zod'
import { accountIdSchema } from './ids.ts'
import { amountSchema, currencySchema } from './money.ts'
import { freeMetadataSchema, freeTextSchema } from './free-text.ts'

/** Of the brand; 3 where it is not known. */
const codeLengthOf = (number: string): number => cardValidator.number(number).card?.code.size ?? 3

export const cardDetailsSchema = z
  .strictObject({
    number: z
      .string()
      .regex(/^[0-9]{12,19}$/, { error: 'is not 12 to 19 digits' })
      .refine((number) => cardValidator.number(number).isValid, { error: 'is not the number of a card' })
      .meta({ description: 'Digits alone; checked by Luhn’s formula and by its brand’s length' }),
    expiry_month: z.int().min(1).max(12),
    expiry_year: z.int().min(2000).max(9999),
    cvc: z.string().regex(/^[0-9]{3,4}$/, { error: 'is not 3 or 4 digits' }),
  })
  .refine(({ number, cvc }) => cvc.length === codeLengthOf(number), {
    error: 'has another length for this brand',
    path: ['cvc'],
  })
  .meta({ id: 'CardDetails', description: 'A card, for one request' })
export type CardDetails = z.infer<typeof cardDetailsSchema>

/** Body of `POST /v1/card-payments`. */
export const createCardPaymentSchema = z
  .strictObject({
    destination: accountIdSchema,
    amount: amountSchema,
    currency: currencySchema,
    card: cardDetailsSchema,
    bank_reference: freeTextSchema(100)
      .optional()
      .meta({ description: 'What the card’s holder reads on the statement' }),
    description: freeTextSchema(500).optional(),
    metadata: freeMetadataSchema.optional(),
  })
  .meta({ id: 'CreateCardPayment', description: 'A payment by card' })
export type CreateCardPayment = z.infer<typeof createCardPaymentSchema>

/**
 * Whether a card can be charged at a time: to the end of its month, wherever on Earth that ends last.
 *
 * @param nowMs  milliseconds of the epoch
 */
export function isCardExpired({ expiry_month, expiry_year }: CardDetails, nowMs: number): boolean {
  const LAST_ZONE_MS = 12 * 3_600_000
  return Date.UTC(expiry_year, expiry_month, 1) + LAST_ZONE_MS <= nowMs
}
