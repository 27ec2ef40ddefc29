/** Money that comes from a bank or goes to one: deposits, withdrawals, card payments. */
import { z } from 'zod'
import { freeMetadataSchema, freeTextSchema } from './free-text.ts'
import { accountIdSchema } from './ids.ts'
import { amountSchema, currencySchema } from './money.ts'

export const BANK_RAILS = ['deposit', 'withdrawal', 'card'] as const
export type BankRail = (typeof BANK_RAILS)[number]

/** Basis points of an amount: 10,000 are all of it. */
export const MAX_COMMISSION_BPS = 10_000
const HALF = 5_000n
const WHOLE = 10_000n

/**
 * The commission on an amount, rounded half up to the minor unit: at most the amount itself.
 *
 * @param amount  minor units, 1 to 2^53-1
 * @param bps  basis points, 0 to {@link MAX_COMMISSION_BPS}
 */
export const commissionOf = (amount: number, bps: number): number =>
  Number((BigInt(amount) * BigInt(bps) + HALF) / WHOLE)

/** Body of `POST /v1/deposits` and `POST /v1/withdrawals`. */
export const createBankTransferSchema = z
  .strictObject({
    account: accountIdSchema,
    amount: amountSchema,
    currency: currencySchema,
    bank_reference: freeTextSchema(100)
      .optional()
      .meta({ description: 'What the bank shows with the transfer, such as a mandate or an order number' }),
    description: freeTextSchema(500).optional(),
    metadata: freeMetadataSchema.optional(),
  })
  .meta({ id: 'CreateBankTransfer', description: 'Money to collect from a bank, or to pay out to one' })
export type CreateBankTransfer = z.infer<typeof createBankTransferSchema>

export const cardSchema = z
  .object({ brand: z.string(), last4: z.string().regex(/^[0-9]{4}$/) })
  .meta({ id: 'Card', description: 'What is kept of a card' })
export type Card = z.infer<typeof cardSchema>

/** What a payment has of the bank behind it. */
export const bankPartSchema = z
  .object({
    rail: z.enum(BANK_RAILS),
    fee: z
      .int()
      .min(0)
      .meta({ description: 'Minor units of commission; of a withdrawal on top, else out of the amount' }),
    reference: z.string().nullable(),
    card: cardSchema.nullable(),
  })
  .meta({ id: 'BankPart', description: 'The bank’s side of a deposit, a withdrawal or a card payment' })
export type BankPart = z.infer<typeof bankPartSchema>
