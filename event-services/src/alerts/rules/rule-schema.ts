/** The file of rules, as it is written. */
import { z } from 'zod'
import { ALERT_CHANNELS, ALERT_SEVERITIES, alertRuleNameSchema, EVENT_TYPES } from '@paycluster/contracts'
import { DURATION_PATTERN, parseDuration } from './duration.ts'
import { METRIC_NAMES, METRICS } from './metric-names.ts'
import type { EventCondition, MetricCondition, Rule } from './rule.ts'
import { namesIn } from './summary.ts'

const DAY_MS = 86_400_000
const MAX_RULES = 200
const MAX_STEPS = 10
const MAX_REPEATS = 100
const MAX_TESTS = 10
const MAX_GROUPS = 5
const MAX_TYPES = 50
const TYPES: ReadonlySet<string> = new Set(EVENT_TYPES)

const duration = (minMs: number, maxMs: number) =>
  z
    .string()
    .regex(DURATION_PATTERN, { error: 'is no length of time such as 90s, 5m or 1h' })
    .transform((text) => parseDuration(text) ?? 0)
    .refine((ms) => ms >= minMs && ms <= maxMs, { error: `is not between ${minMs / 1000}s and ${maxMs / 1000}s` })
const fieldSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,49}(\.[a-z][a-z0-9_]{0,49}){0,5}$/, { error: 'is no field such as payment.currency' })
const eventTypeSchema = z.string().refine((type) => TYPES.has(type), { error: 'is no type of event' })
const typesSchema = z.array(eventTypeSchema).min(1).max(MAX_TYPES)
const countSchema = z.int().min(1).max(1_000_000_000)
const scalarSchema = z.union([z.string().max(200), z.number(), z.boolean()])

const COMPARISONS = ['is', 'not', 'in', 'above', 'below'] as const
const fieldTestSchema = z
  .strictObject({
    field: fieldSchema,
    is: scalarSchema.optional(),
    not: scalarSchema.optional(),
    in: z.array(scalarSchema).min(1).max(100).optional(),
    above: z.number().optional(),
    below: z.number().optional(),
  })
  .refine((test) => COMPARISONS.some((name) => test[name] !== undefined), {
    error: `compares with nothing: ${COMPARISONS.join(', ')}`,
  })

const eventSchema = z
  .strictObject({
    types: typesSchema,
    where: z.array(fieldTestSchema).max(MAX_TESTS).default([]),
    window: duration(10_000, DAY_MS),
    at_least: countSchema.default(1),
    share: z
      .strictObject({ of: typesSchema, above_percent: z.number().min(0).max(100), of_at_least: countSchema })
      .optional(),
  })
  .superRefine(({ types, share }, context) => {
    const missing = share === undefined ? undefined : types.find((type) => !share.of.includes(type))
    if (missing !== undefined)
      context.addIssue({ code: 'custom', path: ['share', 'of'], message: `lacks ${missing}, of which it is a share` })
  })
  .transform(({ types, where, window: windowMs, at_least: atLeast, share }): EventCondition => ({
    kind: 'event',
    types,
    where,
    windowMs,
    atLeast,
    share:
      share === undefined ? null : { of: share.of, abovePercent: share.above_percent, ofAtLeast: share.of_at_least },
  }))

const metricSchema = z
  .strictObject({
    name: z.enum(METRIC_NAMES),
    where: z.record(z.string(), z.string().max(100)).default({}),
    above: z.number(),
  })
  .superRefine(({ name, where }, context) => {
    const labels: readonly string[] = METRICS[name].labels
    for (const label of Object.keys(where))
      if (!labels.includes(label))
        context.addIssue({
          code: 'custom',
          path: ['where', label],
          message: `is no label of ${name}: ${listOf(labels)}`,
        })
  })
  .transform(({ name: metric, where, above }): MetricCondition => ({ kind: 'metric', metric, where, above }))

const stepSchema = z.strictObject({
  after: duration(0, DAY_MS).default(0),
  notify: z
    .array(z.enum(ALERT_CHANNELS))
    .min(1)
    .transform((channels) => [...new Set(channels)]),
})
const repeatSchema = z.strictObject({
  every: duration(60_000, 7 * DAY_MS),
  at_most: z.int().min(1).max(MAX_REPEATS),
})

/** What a summary may name besides what the rule groups by. */
const KNOWN_NAMES = ['rule', 'severity', 'value', 'count', 'total', 'window'] as const

const ruleSchema = z
  .strictObject({
    name: alertRuleNameSchema,
    severity: z.enum(ALERT_SEVERITIES),
    summary: z.string().min(1).max(300),
    event: eventSchema.optional(),
    metric: metricSchema.optional(),
    group_by: z.array(fieldSchema).max(MAX_GROUPS).optional(),
    for: duration(0, DAY_MS).default(0),
    resolve_after: duration(0, 7 * DAY_MS).default(0),
    escalation: z.array(stepSchema).min(1).max(MAX_STEPS),
    repeat: repeatSchema.optional(),
  })
  .superRefine(({ event, metric, group_by, summary, escalation }, context) => {
    const fault = (path: PropertyKey[], message: string): void => {
      context.addIssue({ code: 'custom', path, message })
    }
    if ((event === undefined) === (metric === undefined))
      fault([], 'has to look at an event or at a metric, at one of them')
    const labels: readonly string[] | undefined = metric && METRICS[metric.metric].labels
    for (const [index, label] of (group_by ?? []).entries())
      if (labels?.includes(label) === false) fault(['group_by', index], `is no label of the metric: ${listOf(labels)}`)
    const names: readonly string[] = [...KNOWN_NAMES, ...(group_by ?? labels ?? [])]
    for (const name of namesIn(summary))
      if (!names.includes(name)) fault(['summary'], `names {{${name}}}, which is none of ${names.join(', ')}`)
    for (const [index, { after }] of escalation.entries())
      if (after < (escalation[index - 1]?.after ?? 0))
        fault(['escalation', index, 'after'], 'is before the step above it')
  })
  .transform(
    (
      { event, metric, group_by, for: forMs, resolve_after: resolveAfterMs, escalation, repeat, ...rule },
      context,
    ): Rule => {
      const condition = event ?? metric
      if (condition === undefined) {
        context.addIssue({ code: 'custom', message: 'looks at nothing' })
        return z.NEVER
      }
      return {
        ...rule,
        condition,
        groupBy: group_by ?? (condition.kind === 'metric' ? METRICS[condition.metric].labels : []),
        forMs,
        resolveAfterMs,
        escalation: escalation.map(({ after: afterMs, notify }) => ({ afterMs, notify })),
        repeat: repeat === undefined ? null : { everyMs: repeat.every, atMost: repeat.at_most },
      }
    },
  )

export const rulesSchema = z
  .strictObject({ rules: z.array(ruleSchema).min(1).max(MAX_RULES) })
  .superRefine(({ rules }, context) => {
    for (const [index, { name }] of rules.entries())
      if (rules.findIndex((rule) => rule.name === name) !== index)
        context.addIssue({
          code: 'custom',
          path: ['rules', index, 'name'],
          message: `is the name of another rule: ${name}`,
        })
  })
  .transform(({ rules }) => rules)

const listOf = (names: readonly string[]): string => (names.length === 0 ? 'it has none' : names.join(', '))
