/**
 * What can be asked of a payment once it is there: captures, cancellations, refunds; what time does to a hold; and what a
 * bank came to.
 */
import { z } from 'zod'
import { paymentIdSchema } from './ids.ts'
import { amountSchema } from './money.ts'
import { textSchema } from './text.ts'

export const OPERATION_KINDS = [
  'capture',
  'cancel',
  'expire',
  'refund',
  'settle',
  'decline',
  'settle_refund',
  'decline_refund',
] as const
export type OperationKind = (typeof OPERATION_KINDS)[number]

/** Why an operation on a payment failed; each with the sentence that its `failure.detail` carries. */
export const OPERATION_FAILURES = {
  payment_not_capturable: 'The payment is no hold, or no longer one.',
  hold_expired: 'The hold is past its time and is being released.',
  capture_exceeds_hold: 'The amount is more than is held.',
  payment_not_refundable: 'The payment has captured nothing that could go back.',
  refund_exceeds_captured: 'The amount is more than what was captured and has not been refunded yet.',
  payment_not_found: 'There is no such payment, or it is not posted yet.',
  refund_not_permitted: 'Only the owner of the account that was paid can refund the payment.',
  insufficient_funds: 'The account that received the payment has less available than the amount.',
  account_blocked: 'The source or the destination of the payment is blocked.',
  limit_exceeded: 'The operation would take a balance past what an account can hold.',
  bank_declined: 'The bank has declined to pay it back.',
  bank_unavailable: 'The bank could not be reached.',
} as const
export type OperationFailureCode = keyof typeof OPERATION_FAILURES
export const OPERATION_FAILURE_CODES = Object.keys(OPERATION_FAILURES) as [
  OperationFailureCode,
  ...OperationFailureCode[],
]

/** Body of `POST /v1/payments/{id}/capture`. */
export const captureSchema = z
  .strictObject({
    amount: amountSchema
      .optional()
      .meta({ description: 'Minor units; all that is held by default, the rest is released' }),
  })
  .meta({ id: 'Capture', description: 'A hold to capture, once' })
export type Capture = z.infer<typeof captureSchema>

/** Body of `POST /v1/payments/{id}/cancel`. */
export const cancelSchema = z
  .strictObject({ reason: textSchema(500).optional() })
  .meta({ id: 'Cancel', description: 'A hold to release' })
export type Cancel = z.infer<typeof cancelSchema>

/** The 202 of an operation: its outcome is to be read off the payment. */
export const queuedOperationSchema = z
  .object({
    payment: paymentIdSchema,
    operation: z.enum(OPERATION_KINDS).extract(['capture', 'cancel']),
    status: z.literal('queued'),
  })
  .meta({ id: 'QueuedOperation', description: 'An accepted operation: the payment will show what it came to' })
export type QueuedOperation = z.infer<typeof queuedOperationSchema>
