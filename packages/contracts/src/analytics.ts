/** What was paid, counted by minute, hour and day. */
import { z } from 'zod'
import { clientIdSchema } from './clients.ts'
import { accountIdSchema } from './ids.ts'
import { currencySchema } from './money.ts'
import { PAYMENT_STATUSES } from './payments.ts'
import { timeSchema } from './text.ts'

export const ANALYTICS_GRANULARITIES = ['minute', 'hour', 'day'] as const
export type AnalyticsGranularity = (typeof ANALYTICS_GRANULARITIES)[number]

/** A `hold` is a payment with `capture: "manual"`, from its authorisation to its capture or its end. */
export const ANALYTICS_KINDS = ['payment', 'hold', 'refund', 'deposit', 'withdrawal', 'card'] as const
export type AnalyticsKind = (typeof ANALYTICS_KINDS)[number]

export const ANALYTICS_STATES = PAYMENT_STATUSES.filter((status) => status !== 'queued')
export type AnalyticsState = (typeof ANALYTICS_STATES)[number]
/** After which none comes. */
export const FINAL_STATES = ['succeeded', 'failed', 'canceled', 'expired'] as const satisfies readonly AnalyticsState[]

export const ANALYTICS_DIMENSIONS = ['client', 'merchant', 'kind', 'state', 'currency'] as const
export type AnalyticsDimension = (typeof ANALYTICS_DIMENSIONS)[number]

/** Rows of an answer, at most. */
export const MAX_ANALYTICS_ROWS = 5_000

const decimal = z.string().regex(/^\d{1,40}$/)
const percentile = z.number().nonnegative()

/** What is grouped by is a member; what is not is absent. */
export const analyticsRowSchema = z.object({
  at: timeSchema.meta({ description: 'When the minute, hour or day begins, in UTC' }),
  client: clientIdSchema
    .nullable()
    .optional()
    .meta({ description: 'Who made the payment; null where its account is none' }),
  merchant: accountIdSchema
    .nullable()
    .optional()
    .meta({ description: 'The account that is paid; null where it is no merchant’s' }),
  kind: z.enum(ANALYTICS_KINDS).optional(),
  state: z.enum(ANALYTICS_STATES).optional(),
  currency: currencySchema.optional(),
  count: z.int().meta({ description: 'Payments and refunds that came to the state, or to an end' }),
  succeeded: z.int().meta({ description: 'Those of them that succeeded' }),
  success_share: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .meta({ description: 'Those that succeeded, of those that came to an end; null where none did' }),
  volumes: z
    .array(
      z.object({
        currency: currencySchema,
        amount: decimal.meta({ description: 'Minor units of all that is counted; of a capture what was captured' }),
        succeeded: decimal.meta({ description: 'Minor units of those that succeeded' }),
      }),
    )
    .meta({ description: 'By currency. In decimal, since a sum may be more than JSON’s numbers carry exactly' }),
  latency_ms: z
    .object({ p50: percentile, p95: percentile, p99: percentile })
    .nullable()
    .meta({ description: 'From acceptance to the end, to 4.5 percent; null where nothing came to an end' }),
})
export type AnalyticsRow = z.infer<typeof analyticsRowSchema>

export const analyticsSchema = z
  .object({
    granularity: z.enum(ANALYTICS_GRANULARITIES),
    from: timeSchema.meta({ description: 'Begin of the first bucket' }),
    to: timeSchema.meta({ description: 'End of the last one' }),
    as_of: timeSchema
      .nullable()
      .meta({ description: 'What the cluster told of before is counted; null while that is not known' }),
    data: z.array(analyticsRowSchema).meta({ description: 'Oldest first; buckets with nothing in them are left out' }),
  })
  .meta({ id: 'Analytics', description: 'What was paid, over time' })
export type Analytics = z.infer<typeof analyticsSchema>
