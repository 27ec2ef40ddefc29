import { z } from 'zod'
import { accountIdSchema, paymentIdSchema } from './ids.ts'
import { amountSchema, currencySchema } from './money.ts'
import { metadataSchema, textSchema, timeSchema } from './text.ts'

/** `queued` is what an accepted id is until it is posted: it is never a row in the ledger. */
export const PAYMENT_STATUSES = ['queued', 'succeeded', 'failed'] as const
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number]

/** Why a payment failed; each with the sentence that its `failure.detail` carries. */
export const FAILURES = {
  insufficient_funds: 'The source account has less available than the amount.',
  account_not_found: 'The source or the destination is not an account of this cluster, or not the payer’s own.',
  account_blocked: 'The source or the destination is blocked.',
  currency_mismatch: 'Source, destination and payment must have one currency.',
  same_account: 'Source and destination are the same account.',
  duplicate_reference: 'The client has another payment with this reference that did not fail.',
  limit_exceeded: 'The payment would take a balance past what an account can hold.',
} as const
export type FailureCode = keyof typeof FAILURES
export const FAILURE_CODES = Object.keys(FAILURES) as [FailureCode, ...FailureCode[]]

/** Body of `POST /v1/payments`. */
export const createPaymentSchema = z
  .strictObject({
    source: accountIdSchema,
    destination: accountIdSchema,
    amount: amountSchema,
    currency: currencySchema,
    reference: textSchema(100)
      .optional()
      .meta({ description: 'Yours, such as an order number; unique among your payments that did not fail' }),
    description: textSchema(500).optional(),
    metadata: metadataSchema.optional(),
    /** The only way there is yet, and what is meant where it is absent: so that it is absent from here on. */
    capture: z
      .literal('automatic')
      .optional()
      .transform(() => undefined),
  })
  .meta({ id: 'CreatePayment', description: 'A payment to make' })
export type CreatePayment = z.infer<typeof createPaymentSchema>
/** The same as a client writes it. */
export type CreatePaymentBody = z.input<typeof createPaymentSchema>

export const paymentSchema = z
  .object({
    id: paymentIdSchema,
    status: z.enum(PAYMENT_STATUSES),
    source: accountIdSchema,
    destination: accountIdSchema,
    amount: amountSchema,
    currency: currencySchema,
    reference: z.string().nullable(),
    description: z.string().nullable(),
    metadata: z.record(z.string(), z.string()),
    failure: z.object({ code: z.enum(FAILURE_CODES), detail: z.string() }).nullable(),
    created_at: timeSchema,
    completed_at: timeSchema.nullable(),
    /** A reader tells an older answer from a newer one by it. */
    version: z.int().meta({ description: 'Counts the state changes of the payment: 0 while it is queued' }),
  })
  .meta({ id: 'Payment', description: 'A payment as its two owners see it' })
export type Payment = z.infer<typeof paymentSchema>

export const queuedPaymentSchema = z
  .object({ id: paymentIdSchema, status: z.literal('queued'), version: z.literal(0) })
  .meta({
    id: 'QueuedPayment',
    description: 'An accepted payment of which nothing but the id is known yet: its details are still in the log',
  })
export type QueuedPayment = z.infer<typeof queuedPaymentSchema>
