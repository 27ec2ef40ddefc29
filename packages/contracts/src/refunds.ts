import { z } from 'zod'
import { paymentIdSchema, refundIdSchema } from './ids.ts'
import { amountSchema, currencySchema } from './money.ts'
import { OPERATION_FAILURE_CODES, OPERATION_FAILURES, type OperationFailureCode } from './payment-operations.ts'
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

/** How a refund stands with the bank that has to pay it back: it waits, it is paid, or why it will not be. */
export const REFUND_SETTLEMENTS = ['processing', 'settled', 'bank_declined', 'bank_unavailable'] as const
export type RefundSettlement = (typeof REFUND_SETTLEMENTS)[number]

/**
 * What a refund has come to.
 *
 * @param failure  why the ledger has refused it
 * @param settlement  null where no bank has a part in it
 */
export function refundEnd(
  failure: OperationFailureCode | null,
  settlement: RefundSettlement | null,
): Pick<Refund, 'status' | 'failure'> {
  if (settlement === 'processing') return { status: 'processing', failure: null }
  const code = failure ?? (settlement === 'settled' ? null : settlement)
  if (code === null) return { status: 'succeeded', failure: null }
  return { status: 'failed', failure: { code, detail: OPERATION_FAILURES[code] } }
}

export const queuedRefundSchema = z
  .object({ id: refundIdSchema, status: z.literal('queued'), version: z.literal(0) })
  .meta({ id: 'QueuedRefund', description: 'An accepted refund: what it comes to is still in the log' })
export type QueuedRefund = z.infer<typeof queuedRefundSchema>
