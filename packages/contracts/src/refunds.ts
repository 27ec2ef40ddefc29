import { z } from 'zod'
import { paymentIdSchema, refundIdSchema } from './ids.ts'
import { amountSchema, currencySchema } from './money.ts'
import { OPERATION_FAILURE_CODES } from './payment-operations.ts'
import { textSchema, timeSchema } from './text.ts'

/**
 * `queued` is what an accepted id is until it is posted: it is never a row in the ledger. `processing` is a refund that a
 * bank has to pay out.
 */
export const REFUND_STATUSES = ['queued', 'processing', 'succeeded', 'failed'] as const

/** Body of `POST /v1/payments/{id}/refunds`. */
export const createRefundSchema = z
  .strictObject({
    amount: amountSchema.optional().meta({ description: 'Minor units; all that is left of the payment by default' }),
    reason: textSchema(500).optional(),
  })
  .meta({ id: 'CreateRefund', description: 'A refund to make' })
export type CreateRefund = z.infer<typeof createRefundSchema>

export const refundSchema = z
  .object({
    id: refundIdSchema,
    payment: paymentIdSchema,
    status: z.enum(REFUND_STATUSES),
    amount: amountSchema.nullable().meta({ description: 'Null where all was asked for and there was nothing left' }),
    currency: currencySchema.nullable().meta({ description: 'Null where the payment is unknown' }),
    reason: z.string().nullable(),
    failure: z.object({ code: z.enum(OPERATION_FAILURE_CODES), detail: z.string() }).nullable(),
    created_at: timeSchema,
    completed_at: timeSchema.nullable(),
    version: z.int().meta({ description: 'Grows with every change; 0 while it is queued' }),
  })
  .meta({ id: 'Refund', description: 'A refund as the two owners of its payment see it' })
export type Refund = z.infer<typeof refundSchema>

export const queuedRefundSchema = z
  .object({ id: refundIdSchema, status: z.literal('queued'), version: z.literal(0) })
  .meta({ id: 'QueuedRefund', description: 'An accepted refund: what it comes to is still in the log' })
export type QueuedRefund = z.infer<typeof queuedRefundSchema>
