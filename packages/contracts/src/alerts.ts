/** Alerts: what rules find in events and in the cluster's state, who has taken note of it, and who was told. */
import { z } from 'zod'
import { clientIdSchema } from './clients.ts'
import { freeTextSchema } from './free-text.ts'
import { alertIdSchema, silenceIdSchema } from './ids.ts'
import { keyIdSchema } from './keys.ts'
import { textSchema, timeSchema } from './text.ts'

export const ALERT_SEVERITIES = ['info', 'warning', 'critical'] as const
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number]

/** An acknowledged alert is looked after: nobody is told of it again until it is resolved. */
export const ALERT_STATES = ['firing', 'acknowledged', 'resolved'] as const
export type AlertState = (typeof ALERT_STATES)[number]

/** Where alerts are told. */
export const ALERT_CHANNELS = ['log', 'webhook', 'telegram'] as const
export type AlertChannel = (typeof ALERT_CHANNELS)[number]

/** Why somebody is told: it began, nobody has acknowledged it for a while, it still holds, it is over. */
export const ALERT_NOTICES = ['raised', 'escalated', 'repeated', 'resolved'] as const
export type AlertNotice = (typeof ALERT_NOTICES)[number]

export const NOTIFICATION_STATES = ['pending', 'delivered', 'failed'] as const
export type NotificationState = (typeof NOTIFICATION_STATES)[number]

/** Evidence that an alert keeps, the newest. */
export const MAX_EVIDENCE = 10
const MAX_COMMENT_LENGTH = 500
const MAX_MATCHER_LABELS = 8
const MAX_LABEL_LENGTH = 100

export const alertRuleNameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,49}$/)
  .meta({ id: 'AlertRuleName', description: 'Name of a rule', example: 'payment-failures' })

const labelsSchema = z
  .record(z.string(), z.string())
  .meta({ description: 'What the rule groups by: an alert is open once for each', example: { currency: 'USD' } })

const operatorSchema = z.object({ client_id: clientIdSchema, key_id: keyIdSchema })

/** What an alert rests on: an event, or a value that was measured. */
export const alertEvidenceSchema = z.object({
  at: timeSchema,
  event_id: z.string().nullable().meta({ description: 'Of an event; null for what was measured' }),
  type: z.string().meta({ description: 'Of the event, or the name of the metric' }),
  subject: z.string().meta({ description: 'What it is about' }),
  value: z.number().nullable().meta({ description: 'That was measured' }),
})
export type AlertEvidence = z.infer<typeof alertEvidenceSchema>

const alertFields = {
  id: alertIdSchema,
  rule: alertRuleNameSchema,
  severity: z.enum(ALERT_SEVERITIES),
  state: z.enum(ALERT_STATES),
  labels: labelsSchema,
  summary: z.string(),
  value: z.number().meta({ description: 'That the rule compares: a number of events, a share in percent, a metric' }),
  count: z.int().meta({ description: 'Events that matched since it began; of a metric, looks at which it held' }),
  first_at: timeSchema,
  last_at: timeSchema,
  fired_at: timeSchema,
  acknowledged: z
    .object({ at: timeSchema, by: operatorSchema, comment: z.string().nullable() })
    .nullable()
    .meta({ description: 'When and by whose key' }),
  resolved_at: timeSchema.nullable(),
  silenced_by: silenceIdSchema.nullable().meta({ description: 'The silence that keeps it from being told now' }),
  version: z.int().meta({ description: 'Counts the changes of its state' }),
}
export const alertSchema = z
  .object(alertFields)
  .meta({ id: 'Alert', description: 'What a rule has found, for one group of what it looks at' })
export type Alert = z.infer<typeof alertSchema>

const stepSchema = z.object({ after_s: z.number(), notify: z.array(z.enum(ALERT_CHANNELS)) })

export const alertNotificationSchema = z.object({
  id: z.string(),
  notice: z.enum(ALERT_NOTICES),
  channel: z.enum(ALERT_CHANNELS),
  state: z.enum(NOTIFICATION_STATES),
  attempts: z.int().meta({ description: 'That were begun' }),
  created_at: timeSchema,
  next_attempt_at: timeSchema.nullable(),
  finished_at: timeSchema.nullable(),
  error: z.string().nullable().meta({ description: 'Why the last attempt failed' }),
})
export type AlertNotification = z.infer<typeof alertNotificationSchema>

export const fullAlertSchema = z
  .object({
    ...alertFields,
    evidence: z.array(alertEvidenceSchema).meta({ description: `The newest ${MAX_EVIDENCE}, newest first` }),
    escalation: z.array(stepSchema).meta({ description: 'Who is told after how long, as the rule had it' }),
    next_notice_at: timeSchema
      .nullable()
      .meta({ description: 'When somebody is told next, unless it is acknowledged' }),
    notifications: z.array(alertNotificationSchema).meta({ description: 'The newest 50, newest first' }),
  })
  .meta({ id: 'FullAlert', description: 'An alert with what it rests on and who was told' })
export type FullAlert = z.infer<typeof fullAlertSchema>

/** Body of `POST /v1/ops/alerts/{id}/acknowledge`. */
export const acknowledgeAlertSchema = z.strictObject({ comment: freeTextSchema(MAX_COMMENT_LENGTH).optional() }).meta({
  id: 'AcknowledgeAlert',
  description: 'What is done about it',
  examples: [{ comment: 'The bank is informed' }],
})
export type AcknowledgeAlert = z.infer<typeof acknowledgeAlertSchema>

const matcherSchema = z
  .strictObject({
    rule: alertRuleNameSchema.optional(),
    severity: z.enum(ALERT_SEVERITIES).optional(),
    labels: z
      .record(textSchema(MAX_LABEL_LENGTH), textSchema(MAX_LABEL_LENGTH))
      .refine((labels) => Object.keys(labels).length <= MAX_MATCHER_LABELS, {
        error: `more than ${MAX_MATCHER_LABELS} labels`,
      })
      .optional()
      .meta({ description: 'Labels that an alert has, among others', maxProperties: MAX_MATCHER_LABELS }),
  })
  .refine(
    ({ rule, severity, labels = {} }) => rule !== undefined || severity !== undefined || Object.keys(labels).length > 0,
    {
      error: 'matches everything: name a rule, a severity or labels',
    },
  )
  .meta({ description: 'The alerts that are not told: all that is named has to fit', minProperties: 1 })
export type SilenceMatcher = z.infer<typeof matcherSchema>

/** Body of `POST /v1/ops/silences`. */
export const createSilenceSchema = z
  .strictObject({
    matcher: matcherSchema,
    until: z.iso.datetime({ offset: true }).meta({ description: 'In the future, 90 days at most' }),
    reason: freeTextSchema(MAX_COMMENT_LENGTH),
  })
  .meta({
    id: 'CreateSilence',
    description: 'Alerts that nobody is told of for a while',
    examples: [
      { matcher: { rule: 'replica-lag' }, until: '2026-11-28T09:00:00Z', reason: 'A replica is being made anew' },
    ],
  })
export type CreateSilence = z.infer<typeof createSilenceSchema>

export const SILENCE_STATES = ['active', 'ended'] as const
export type SilenceState = (typeof SILENCE_STATES)[number]

export const silenceSchema = z
  .object({
    id: silenceIdSchema,
    state: z.enum(SILENCE_STATES),
    matcher: z.object({
      rule: alertRuleNameSchema.nullable(),
      severity: z.enum(ALERT_SEVERITIES).nullable(),
      labels: z.record(z.string(), z.string()),
    }),
    reason: z.string(),
    until: timeSchema.meta({ description: 'When it ends, or has been ended' }),
    created_at: timeSchema,
    created_by: operatorSchema,
  })
  .meta({ id: 'Silence', description: 'Alerts that nobody is told of for a while' })
export type Silence = z.infer<typeof silenceSchema>

const alertRuleSchema = z.object({
  name: alertRuleNameSchema,
  severity: z.enum(ALERT_SEVERITIES),
  kind: z.enum(['event', 'metric']),
  condition: z.string().meta({ description: 'In words' }),
  group_by: z.array(z.string()),
  for_s: z.number().meta({ description: 'How long it has to hold' }),
  resolve_after_s: z.number().meta({ description: 'How long it has to be over' }),
  escalation: z.array(stepSchema),
  repeat: z.object({ every_s: z.number(), at_most: z.int() }).nullable(),
})
export type AlertRule = z.infer<typeof alertRuleSchema>

/** Where a file of rules is wrong. */
const ruleFaultSchema = z.object({
  line: z.int(),
  column: z.int(),
  field: z.string().meta({ description: 'Such as `rules[2].severity`; empty where the file is no YAML' }),
  detail: z.string(),
})
export type RuleFault = z.infer<typeof ruleFaultSchema>

export const alertRulesSchema = z
  .object({
    file: z.string(),
    version: z.string().meta({ description: 'A digest of the file’s content' }),
    loaded_at: timeSchema,
    rules: z.array(alertRuleSchema),
    channels: z
      .array(z.object({ name: z.enum(ALERT_CHANNELS), is_configured: z.boolean() }))
      .meta({ description: 'Of a channel that is not configured, rules that name it tell the others alone' }),
    refused: z
      .object({
        at: timeSchema,
        version: z.string().nullable().meta({ description: 'null for a file that cannot be read' }),
        faults: z.array(ruleFaultSchema),
      })
      .nullable()
      .meta({ description: 'What is wrong with the file as it is now: the rules before it are in force' }),
  })
  .meta({ id: 'AlertRules', description: 'The rules that are in force in the process that answers' })
export type AlertRules = z.infer<typeof alertRulesSchema>
