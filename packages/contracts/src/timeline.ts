import { z } from 'zod'
import { refundIdSchema } from './ids.ts'
import { PAYMENT_STATUSES } from './payments.ts'
import { timeSchema } from './text.ts'

export const TIMELINE_EVENTS = [
  'accepted',
  'posted',
  'capture',
  'cancel',
  'expire',
  'refund',
  'settle',
  'decline',
  'settle_refund',
  'decline_refund',
  'bank_request',
  'bank_check',
] as const
export const TIMELINE_ACTORS = ['payer', 'payee', 'cluster', 'bank', 'operator'] as const

/** One thing that happened to a payment, or was asked of it in vain. */
export const timelineEntrySchema = z
  .object({
    at: timeSchema.meta({
      description:
        'When the ledger recorded it; of `accepted`, when the payment was accepted; of a request to the bank, when it was made',
    }),
    event: z.enum(TIMELINE_EVENTS),
    actor: z.enum(TIMELINE_ACTORS).meta({ description: 'Who caused it' }),
    status: z
      .enum(PAYMENT_STATUSES)
      .nullable()
      .meta({ description: 'Of the payment after it; null where it changed nothing' }),
    amount: z.int().nullable().meta({ description: 'Minor units that moved, were held or were asked for' }),
    refund: refundIdSchema.nullable(),
    cause: z
      .string()
      .nullable()
      .meta({ description: 'The failure’s code, the reason that was given, or what the bank answered' }),
  })
  .meta({ id: 'TimelineEntry', description: 'What happened to a payment, when, by whom, and why' })
export type TimelineEntry = z.infer<typeof timelineEntrySchema>
