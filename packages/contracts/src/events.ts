/** Events on `payment.events`: CloudEvents 1.0 in JSON, at least once, with ids that repeat when an event does. */
import { z } from 'zod'
import { accountSchema } from './accounts.ts'
import { accountIdSchema } from './ids.ts'
import { paymentSchema } from './payments.ts'
import { timeSchema } from './text.ts'

export const EVENT_TYPES = ['payment.succeeded', 'payment.failed', 'account.created'] as const
export type EventType = (typeof EVENT_TYPES)[number]

const cloudEvent = {
  specversion: z.literal('1.0'),
  /** `<object id>.<object version>`: the key by which a consumer drops a repeated event. */
  id: z.string(),
  source: z.literal('/payment-worker'),
  subject: z.string(),
  time: timeSchema,
  datacontenttype: z.literal('application/json'),
}

/** The account's sequence that the payment took: gap-free per account, so that a consumer sees what it missed. */
const accountSequence = z.object({ account_id: accountIdSchema, sequence: z.int() })

/** A position in the primary's log at which the object is committed: hexadecimal `X/Y`, and the timeline. */
const commit = { commit_lsn: z.string(), timeline: z.int() }

export const paymentEventSchema = z.object({
  ...cloudEvent,
  type: z.enum(['payment.succeeded', 'payment.failed']),
  data: z.object({ payment: paymentSchema, accounts: z.array(accountSequence), ...commit }),
})
export type PaymentEvent = z.infer<typeof paymentEventSchema>

export const accountEventSchema = z.object({
  ...cloudEvent,
  type: z.literal('account.created'),
  data: z.object({ account: accountSchema, ...commit }),
})
export type AccountEvent = z.infer<typeof accountEventSchema>
