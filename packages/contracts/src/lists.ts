import { z } from 'zod'
import { ANALYTICS_DIMENSIONS, ANALYTICS_GRANULARITIES, ANALYTICS_KINDS } from './analytics.ts'
import { ALERT_SEVERITIES, ALERT_STATES, alertRuleNameSchema, SILENCE_STATES } from './alerts.ts'
import { auditSubjectSchema } from './audit.ts'
import { accountIdSchema } from './ids.ts'
import { clientIdSchema } from './clients.ts'
import { DEAD_LETTER_KINDS, DEAD_LETTER_STATES } from './dead-letters.ts'
import { currencySchema } from './money.ts'
import { PAYMENT_STATUSES } from './payments.ts'
import { DIFFERENCE_KINDS, DIFFERENCE_STATES, RECONCILIATION_KINDS, RECONCILIATION_STATES } from './reconciliation.ts'
import { textSchema } from './text.ts'
import { DELIVERY_STATES, WEBHOOK_EVENT_TYPES } from './webhooks.ts'

export const DEFAULT_PAGE_SIZE = 20
export const MAX_PAGE_SIZE = 100

const limitSchema = z
  .string()
  .regex(/^[0-9]{1,3}$/)
  .transform(Number)
  .pipe(z.int().min(1).max(MAX_PAGE_SIZE))
  .default(DEFAULT_PAGE_SIZE)
  .meta({
    description: 'Items a page',
    override: {
      type: 'integer',
      minimum: 1,
      maximum: MAX_PAGE_SIZE,
      default: DEFAULT_PAGE_SIZE,
    },
  })
const cursorSchema = z
  .string()
  .min(1)
  .max(1024)
  .meta({ description: 'The `next_cursor` of the page before. It carries the filters: repeat all of them, or none' })
/** RFC 3339 with any offset and precision, as a query parameter. */
const timeParameterSchema = z.iso.datetime({ offset: true }).meta({ example: '2026-11-27T00:00:00Z' })

const page = { limit: limitSchema, cursor: cursorSchema.optional() }
/** `from` is included, `to` is not. */
const period = {
  from: timeParameterSchema.optional().meta({ description: 'Not before this time' }),
  to: timeParameterSchema.optional().meta({ description: 'Before this time' }),
}

/** Query of `GET /v1/payments`. */
export const listPaymentsQuerySchema = z.strictObject({
  account: accountIdSchema.optional().meta({ description: 'From or to this account' }),
  status: z.enum(PAYMENT_STATUSES).exclude(['queued']).optional(),
  reference: textSchema(100).optional(),
  ...period,
  ...page,
})
export type ListPaymentsQuery = z.infer<typeof listPaymentsQuerySchema>

/** Query of `GET /v1/accounts`. */
export const listAccountsQuerySchema = z.strictObject({ external_id: textSchema(100).optional(), ...page })
export type ListAccountsQuery = z.infer<typeof listAccountsQuerySchema>

/** Query of `GET /v1/accounts/{id}/entries`. */
export const listEntriesQuerySchema = z.strictObject({
  direction: z
    .enum(['in', 'out'])
    .optional()
    .meta({ description: 'Only what came into the account, or only what left it' }),
  ...period,
  ...page,
})
export type ListEntriesQuery = z.infer<typeof listEntriesQuerySchema>

export const STATEMENT_FORMATS = ['csv', 'pdf'] as const
export type StatementFormat = (typeof STATEMENT_FORMATS)[number]
export const STATEMENT_MEDIA_TYPES = {
  csv: 'text/csv; charset=utf-8; header=present',
  pdf: 'application/pdf',
} as const satisfies Readonly<Record<StatementFormat, string>>

/** Query of `GET /v1/accounts/{id}/statement`. */
export const statementQuerySchema = z.strictObject({
  ...period,
  format: z
    .enum(STATEMENT_FORMATS)
    .optional()
    .meta({ description: 'Instead of what the header Accept prefers; CSV where neither says anything' }),
})
export type StatementQuery = z.infer<typeof statementQuerySchema>

/** A page, newest first; `next_cursor` is null on the last one. */
export const pageSchema = <T extends z.ZodType>(item: T) =>
  z.object({ data: z.array(item), next_cursor: z.string().nullable() })

/** Query of `GET /v1/payments/{id}/refunds`, `/timeline` and `GET /v1/ops/clients`. */
export const pageQuerySchema = z.strictObject(page)
export type PageQuery = z.infer<typeof pageQuerySchema>

const clientParameterSchema = z
  .string()
  .regex(/^[0-9]{1,10}$/)
  .transform(Number)
  .pipe(clientIdSchema)
  .meta({ description: 'Of this client alone', override: { type: 'integer', minimum: 1, maximum: 2 ** 31 - 1 } })

/** Query of `GET /v1/ops/keys`. */
export const listKeysQuerySchema = z.strictObject({
  client_id: clientParameterSchema.optional(),
  ...page,
})
export type ListKeysQuery = z.infer<typeof listKeysQuerySchema>

/** Query of `GET /v1/ops/dlq`. */
export const listDeadLettersQuerySchema = z.strictObject({
  kind: z.enum(DEAD_LETTER_KINDS).optional(),
  state: z.enum(DEAD_LETTER_STATES).optional(),
  ...page,
})
export type ListDeadLettersQuery = z.infer<typeof listDeadLettersQuerySchema>

/** Query of `GET /v1/accounts/{id}/balance`. */
export const readBalanceQuerySchema = z.strictObject({
  at: timeParameterSchema
    .optional()
    .meta({ description: 'The balance as it was at this time, instead of the present one' }),
})
export type ReadBalanceQuery = z.infer<typeof readBalanceQuerySchema>

/** Query of `GET /v1/webhook-endpoints/{id}/deliveries`. */
export const listDeliveriesQuerySchema = z.strictObject({
  state: z.enum(DELIVERY_STATES).optional(),
  event_type: z.enum(WEBHOOK_EVENT_TYPES).optional(),
  ...page,
})
export type ListDeliveriesQuery = z.infer<typeof listDeliveriesQuerySchema>

/** Query of `GET /v1/ops/audit`. */
export const listAuditQuerySchema = z.strictObject({
  subject: auditSubjectSchema.optional().meta({ description: 'About this alone' }),
  type: textSchema(50).optional().meta({ description: 'Of this type alone' }),
  ...page,
})
export type ListAuditQuery = z.infer<typeof listAuditQuerySchema>

const dimensionsPattern = `(?:${ANALYTICS_DIMENSIONS.join('|')})`

/** Query of `GET /v1/ops/analytics`. */
export const analyticsQuerySchema = z.strictObject({
  granularity: z.enum(ANALYTICS_GRANULARITIES),
  from: timeParameterSchema.meta({
    description: 'In the first bucket. For a day of minutes, 31 of hours, 3,660 of days',
  }),
  to: timeParameterSchema.meta({ description: 'Not in the last bucket any more, unless within it' }),
  group_by: z
    .string()
    .regex(new RegExp(`^${dimensionsPattern}(?:,${dimensionsPattern})*$`))
    .transform((text) => ANALYTICS_DIMENSIONS.filter((dimension) => text.split(',').includes(dimension)))
    .default([])
    .meta({
      description: [
        `Separated by commas: ${ANALYTICS_DIMENSIONS.join(', ')}.`,
        'Without `state`, what came to an end is counted, each payment and refund once',
      ].join(' '),
      override: { type: 'string', pattern: `^${dimensionsPattern}(,${dimensionsPattern})*$`, default: undefined },
      example: 'kind,currency',
    }),
  client: clientParameterSchema.optional(),
  merchant: accountIdSchema.optional().meta({ description: 'Paid to this account alone' }),
  kind: z.enum(ANALYTICS_KINDS).optional(),
  currency: currencySchema.optional(),
})
export type AnalyticsQuery = z.output<typeof analyticsQuerySchema>
/** As a client writes it. */
export type AnalyticsParameters = z.input<typeof analyticsQuerySchema>
/** Query of `GET /v1/ops/reconciliation/runs`. */
export const listReconciliationRunsQuerySchema = z.strictObject({
  kind: z.enum(RECONCILIATION_KINDS).optional(),
  state: z.enum(RECONCILIATION_STATES).optional(),
  ...page,
})
export type ListReconciliationRunsQuery = z.infer<typeof listReconciliationRunsQuerySchema>

/** Query of `GET /v1/ops/reconciliation/differences`. */
export const listDifferencesQuerySchema = z.strictObject({
  kind: z.enum(DIFFERENCE_KINDS).optional(),
  state: z.enum(DIFFERENCE_STATES).optional(),
  ...page,
})
export type ListDifferencesQuery = z.infer<typeof listDifferencesQuerySchema>
/** Query of `GET /v1/ops/alerts`. */
export const listAlertsQuerySchema = z.strictObject({
  state: z.enum(ALERT_STATES).optional(),
  rule: alertRuleNameSchema.optional().meta({ description: 'Of this rule alone' }),
  severity: z.enum(ALERT_SEVERITIES).optional(),
  ...page,
})
export type ListAlertsQuery = z.infer<typeof listAlertsQuerySchema>

/** Query of `GET /v1/ops/silences`. */
export const listSilencesQuerySchema = z.strictObject({ state: z.enum(SILENCE_STATES).optional(), ...page })
export type ListSilencesQuery = z.infer<typeof listSilencesQuerySchema>
