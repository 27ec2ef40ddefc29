import { z } from 'zod'
import { bankPartSchema } from './bank-payments.ts'
import { freeMetadataSchema, freeTextSchema } from './free-text.ts'
import { accountIdSchema, paymentIdSchema } from './ids.ts'
import { amountSchema, currencySchema } from './money.ts'
import { textSchema, timeSchema } from './text.ts'

/**
 * `queued` is what an accepted id is until it is posted: it is never a row in the ledger. `processing` waits for a bank,
 * `requires_capture` is a hold; all others are final.
 */
export const PAYMENT_STATUSES = [
  'queued',
  'processing',
  'requires_capture',
  'succeeded',
  'failed',
  'canceled',
  'expired',
] as const
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number]

/** Why a payment failed; each with the sentence that its `failure.detail` carries. */
export const FAILURES = {
  insufficient_funds: 'The source account has less available than the amount.',
  account_not_found: 'The source or the destination is not an account of this cluster, or not the payer’s own.',
  account_blocked: 'The source or the destination is blocked.',
  currency_mismatch: 'Source, destination and payment must have one currency.',
  same_account: 'Source and destination are the same account.',
  duplicate_reference: 'The client has another payment with this reference that did not fail.',
  batch_failed: 'Another payment of the same atomic batch failed.',
  idempotency_key_reused: 'The Idempotency-Key of the batch was used with another body.',
  limit_exceeded: 'The payment is above a limit of its account, or would take a balance past what an account can hold.',
  bank_declined: 'The bank declined it.',
  bank_unavailable: 'The bank could not be reached, and has moved no money.',
} as const
export type FailureCode = keyof typeof FAILURES
export const FAILURE_CODES = Object.keys(FAILURES) as [FailureCode, ...FailureCode[]]

export const CAPTURE_METHODS = ['automatic', 'manual'] as const
export type CaptureMethod = (typeof CAPTURE_METHODS)[number]
/** 30 days, as long as card networks let an authorisation stand at most. */
export const MAX_HOLD_SECONDS = 30 * 24 * 60 * 60
export const DEFAULT_HOLD_SECONDS = 7 * 24 * 60 * 60

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
    description: freeTextSchema(500).optional(),
    metadata: freeMetadataSchema.optional(),
    /** What is meant where it is absent becomes absent, so that both are one body to an idempotency key. */
    capture: z
      .enum(CAPTURE_METHODS)
      .optional()
      .transform((method) => (method === 'manual' ? method : undefined))
      .meta({
        description: '`manual` holds the amount until it is captured, canceled or expired; `automatic` by default',
      }),
    hold_seconds: z
      .int()
      .min(1)
      .max(MAX_HOLD_SECONDS)
      .optional()
      .meta({ description: 'With `capture: "manual"`: after how long the hold releases itself; 7 days by default' }),
  })
  .refine((body) => body.hold_seconds === undefined || body.capture === 'manual', {
    error: 'is only for capture "manual"',
    path: ['hold_seconds'],
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
    capture: z.enum(CAPTURE_METHODS),
    captured: z.int().meta({ description: 'Minor units that the destination received', example: 1250 }),
    refunded: z.int().meta({ description: 'Minor units of them that went back; `captured` at most', example: 0 }),
    expires_at: timeSchema
      .nullable()
      .meta({ description: 'When a hold releases itself; null for a payment without one' }),
    created_at: timeSchema,
    completed_at: timeSchema.nullable(),
    /** A reader tells an older answer from a newer one by it. */
    version: z.int().meta({ description: 'Counts the state changes of the payment: 0 while it is queued' }),
    bank: bankPartSchema.optional().meta({ description: 'Absent for a payment between accounts' }),
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

/** Payments in one batch, at most. */
export const MAX_BATCH_PAYMENTS = 500

/** Body of `POST /v1/payments/batch`. */
export const createBatchSchema = z
  .strictObject({
    payments: z.array(createPaymentSchema).min(1).max(MAX_BATCH_PAYMENTS),
    atomic: z
      .boolean()
      .optional()
      .transform((atomic) => (atomic === true ? atomic : undefined))
      .meta({ description: 'All of them or none: one that fails makes the others fail with `batch_failed`' }),
  })
  .meta({ id: 'CreateBatch', description: 'Payments to make together' })
/** As a client writes it. */
export type CreateBatchBody = z.input<typeof createBatchSchema>

/** Answer of `POST /v1/payments/batch`. */
export const batchSchema = z
  .object({ data: z.array(paymentSchema).meta({ description: 'In the order of the request' }) })
  .meta({ id: 'Batch', description: 'The payments of a batch, each with its own id and outcome' })
export type Batch = z.infer<typeof batchSchema>
