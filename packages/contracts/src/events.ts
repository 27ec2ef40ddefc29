/** Events on `payment.events`: CloudEvents 1.0 in JSON, at least once, with ids that repeat when an event does. */
import { z } from 'zod'
import { accountSchema } from './accounts.ts'
import { alertSchema, silenceSchema } from './alerts.ts'
import { clientIdSchema, clientSchema } from './clients.ts'
import { deadLetterSchema } from './dead-letters.ts'
import { accountIdSchema } from './ids.ts'
import { accountLimitsSchema } from './limits.ts'
import { keyIdSchema, keySchema } from './keys.ts'
import { paymentSchema } from './payments.ts'
import { differenceSchema } from './reconciliation.ts'
import { refundSchema } from './refunds.ts'
import { clientTermsSchema } from './terms.ts'
import { timeSchema } from './text.ts'

export const PAYMENT_EVENTS = [
  'payment.processing',
  'payment.requires_capture',
  'payment.succeeded',
  'payment.failed',
  'payment.captured',
  'payment.canceled',
  'payment.expired',
] as const
export const REFUND_EVENTS = ['refund.processing', 'refund.succeeded', 'refund.failed'] as const
export const ACCOUNT_EVENTS = ['account.created', 'account.blocked', 'account.unblocked'] as const
const LIMIT_EVENTS = ['account.limited'] as const
const CLIENT_EVENTS = ['client.created'] as const
const TERMS_EVENTS = ['client.terms_changed'] as const
const KEY_EVENTS = ['key.created', 'key.rotated', 'key.revoked'] as const
const DEAD_LETTER_EVENTS = ['dead_letter.replayed', 'dead_letter.discarded'] as const
const RECONCILIATION_EVENTS = ['reconciliation.inconsistency'] as const
const ALERT_EVENTS = ['alert.raised', 'alert.acknowledged', 'alert.resolved'] as const
const SILENCE_EVENTS = ['silence.created', 'silence.ended'] as const
export const EVENT_TYPES = [
  ...PAYMENT_EVENTS,
  ...REFUND_EVENTS,
  ...ACCOUNT_EVENTS,
  ...LIMIT_EVENTS,
  ...CLIENT_EVENTS,
  ...TERMS_EVENTS,
  ...KEY_EVENTS,
  ...DEAD_LETTER_EVENTS,
  ...RECONCILIATION_EVENTS,
  ...ALERT_EVENTS,
  ...SILENCE_EVENTS,
] as const
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

/**
 * A position in the primary's log at which the object is committed: hexadecimal `X/Y`, and the timeline. An event that is
 * told again has the same id and the same object; its position may be a later one, at which that is committed as well.
 */
const commit = { commit_lsn: z.string(), timeline: z.int() }

export const paymentEventSchema = z.object({
  ...cloudEvent,
  type: z.enum(PAYMENT_EVENTS),
  data: z.object({ payment: paymentSchema, accounts: z.array(accountSequence), ...commit }),
})
export type PaymentEvent = z.infer<typeof paymentEventSchema>

/** With the payment as the refund left it. */
export const refundEventSchema = z.object({
  ...cloudEvent,
  type: z.enum(REFUND_EVENTS),
  data: z.object({ refund: refundSchema, payment: paymentSchema, accounts: z.array(accountSequence), ...commit }),
})
export type RefundEvent = z.infer<typeof refundEventSchema>

export const accountEventSchema = z.object({
  ...cloudEvent,
  type: z.enum(ACCOUNT_EVENTS),
  data: z.object({
    account: accountSchema,
    /** Why it was blocked or unblocked. */
    reason: z.string().optional(),
    ...commit,
  }),
})
export type AccountEvent = z.infer<typeof accountEventSchema>

/** Who asked: the key, and the client whose key it is. */
const asked = { asked_by: z.object({ client_id: clientIdSchema, key_id: keyIdSchema }) }

export const limitEventSchema = z.object({
  ...cloudEvent,
  type: z.enum(LIMIT_EVENTS),
  data: z.object({ limits: accountLimitsSchema, reason: z.string(), ...asked, ...commit }),
})
export type LimitEvent = z.infer<typeof limitEventSchema>

export const clientEventSchema = z.object({
  ...cloudEvent,
  type: z.enum(CLIENT_EVENTS),
  data: z.object({ client: clientSchema, ...asked, ...commit }),
})
export type ClientEvent = z.infer<typeof clientEventSchema>

export const termsEventSchema = z.object({
  ...cloudEvent,
  type: z.enum(TERMS_EVENTS),
  data: z.object({ terms: clientTermsSchema, reason: z.string(), ...asked, ...commit }),
})
export type TermsEvent = z.infer<typeof termsEventSchema>

/** Without a secret, and without its hash. */
export const keyEventSchema = z.object({
  ...cloudEvent,
  type: z.enum(KEY_EVENTS),
  data: z.object({
    key: keySchema,
    ...asked,
    /** Why it was revoked, where that was said. */
    reason: z.string().optional(),
    ...commit,
  }),
})
export type KeyEvent = z.infer<typeof keyEventSchema>

export const deadLetterEventSchema = z.object({
  ...cloudEvent,
  type: z.enum(DEAD_LETTER_EVENTS),
  data: z.object({ dead_letter: deadLetterSchema, ...asked, ...commit }),
})
export type DeadLetterEvent = z.infer<typeof deadLetterEventSchema>

/** Told once for each time that a difference comes up; its position is one at which the difference is committed. */
export const inconsistencyEventSchema = z.object({
  ...cloudEvent,
  source: z.literal('/event-services/reconciliation'),
  type: z.enum(RECONCILIATION_EVENTS),
  data: z.object({ difference: differenceSchema, ...commit }),
})
export type InconsistencyEvent = z.infer<typeof inconsistencyEventSchema>
/** Of a module of event-services: what it finds is in no ledger, so that it has no position there. */
const listenerEvent = { ...cloudEvent, source: z.string().regex(/^\/event-services\/[a-z]{1,20}$/) }
/** What alerts themselves tell, of which no rule makes an alert. */
export const ALERTS_SOURCE = '/event-services/alerts'

/** Who asked is there for what an operator does. */
export const alertEventSchema = z.object({
  ...listenerEvent,
  type: z.enum(ALERT_EVENTS),
  data: z.object({ alert: alertSchema, asked_by: asked.asked_by.optional() }),
})
export type AlertEvent = z.infer<typeof alertEventSchema>

export const silenceEventSchema = z.object({
  ...listenerEvent,
  type: z.enum(SILENCE_EVENTS),
  data: z.object({ silence: silenceSchema, ...asked }),
})
export type SilenceEvent = z.infer<typeof silenceEventSchema>
