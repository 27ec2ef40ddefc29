/** Suspicious patterns: what each does, how much of it, and when. Every one is labelled by its name. */
import { z } from 'zod'
import { durationSchema } from './durations.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60_000
export const MAX_SCENARIO_MS = 24 * 60 * MINUTE_MS
/** Of one instance of a pattern, from its first act to its last. */
const MAX_INSTANCE_MS = 5 * MINUTE_MS
/** Instances of one pattern that may overlap: what is planned and not sent yet is kept in memory. */
const MAX_OVERLAP = 10
const MAX_BEGINNINGS = 100

const size = (min: number, max: number, standard: number) => z.int().min(min).max(max).default(standard)
/** Above the largest ordinary amount of the scenario, so many times. */
const factor = z.number().min(2).max(100).default(20)

const timing = (standard: string) => ({
  /** Since the start: exact times. */
  at: z.array(durationSchema(0, MAX_SCENARIO_MS)).min(1).max(MAX_BEGINNINGS).optional(),
  /** Again and again, a quarter earlier or later by the seed. */
  every: durationSchema(SECOND_MS, MAX_SCENARIO_MS).optional(),
  within: durationSchema(SECOND_MS, MAX_INSTANCE_MS).prefault(standard),
})

const patternKinds = z.discriminatedUnion('label', [
  /** One account pays many times within a short time. */
  z.strictObject({ label: z.literal('velocity'), ...timing('10s'), payments: size(3, 100, 10) }),
  /** One payment far above what the account paid before; its history of ordinary payments is made just before it. */
  z.strictObject({ label: z.literal('large_amount'), ...timing('20s'), factor, history: size(0, 20, 3) }),
  /** Payments of the smallest amount, and then a large one. */
  z.strictObject({ label: z.literal('small_then_large'), ...timing('30s'), small: size(2, 50, 3), factor }),
  /** One account pays many others that it has not paid before. */
  z.strictObject({ label: z.literal('new_payees'), ...timing('30s'), payees: size(3, 50, 8) }),
  /** Many cards are tried on one account with small amounts; some of them are declined. */
  z.strictObject({
    label: z.literal('card_testing'),
    ...timing('30s'),
    cards: size(3, 100, 12),
    declined_share: z.number().min(0).max(1).default(0.5),
  }),
  /** One card pays into many accounts. */
  z.strictObject({ label: z.literal('shared_card'), ...timing('30s'), accounts: size(3, 50, 6) }),
  /** One customer pays one merchant again and again, and has each payment refunded. */
  z.strictObject({ label: z.literal('refund_abuse'), ...timing('30s'), refunds: size(2, 50, 5) }),
  /** One account pays another that is blocked: each payment is refused. */
  z.strictObject({ label: z.literal('blocked_counterparty'), ...timing('10s'), payments: size(1, 50, 3) }),
])

export const patternSchema = patternKinds
  .refine(({ at, every }) => (at === undefined) !== (every === undefined), {
    error: 'has either at or every',
    path: ['at'],
  })
  .refine(({ every, within }) => every === undefined || within <= every * MAX_OVERLAP, {
    error: `is more than ${MAX_OVERLAP} times every`,
    path: ['within'],
  })

export type Pattern = z.output<typeof patternSchema>
export type Label = Pattern['label']
export const LABELS = patternKinds.options.map(({ shape }) => shape.label.value)

/** How many acts one instance is made of, those that only prepare it included. */
export function actsOf(pattern: Pattern): number {
  switch (pattern.label) {
    case 'velocity':
      return pattern.payments
    case 'large_amount':
      return pattern.history + 1
    case 'small_then_large':
      return pattern.small + 1
    case 'new_payees':
      return pattern.payees
    case 'card_testing':
      return pattern.cards
    case 'shared_card':
      return pattern.accounts
    case 'refund_abuse':
      return 2 * pattern.refunds
    case 'blocked_counterparty':
      return pattern.payments + 2
  }
}

/** Customers that an instance needs, all of them different. */
export function customersOf(pattern: Pattern): number {
  switch (pattern.label) {
    case 'new_payees':
      return pattern.payees + 1
    case 'shared_card':
      return pattern.accounts
    case 'blocked_counterparty':
      return 2
    case 'velocity':
    case 'large_amount':
    case 'small_then_large':
    case 'card_testing':
    case 'refund_abuse':
      return 1
  }
}
