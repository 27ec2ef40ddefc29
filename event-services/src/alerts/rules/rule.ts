/** A rule: what is looked at, when that is an alert, and who is told. */
import type { AlertChannel, AlertSeverity } from '@paycluster/contracts'
import { formatDuration } from './duration.ts'
import type { MetricName } from './metric-names.ts'

export interface Step {
  /** After it fired. */
  readonly afterMs: number
  readonly notify: readonly AlertChannel[]
}

/** The last step again, while nobody has acknowledged it. */
export interface Repeat {
  readonly everyMs: number
  readonly atMost: number
}

export type Scalar = string | number | boolean

/** One of its comparisons is there. */
export interface FieldTest {
  /** A path in an event's data: `payment.amount`. */
  readonly field: string
  readonly is?: Scalar | undefined
  readonly not?: Scalar | undefined
  readonly in?: readonly Scalar[] | undefined
  readonly above?: number | undefined
  readonly below?: number | undefined
}

export interface EventCondition {
  readonly kind: 'event'
  readonly types: readonly string[]
  readonly where: readonly FieldTest[]
  readonly windowMs: number
  /** Events that match, at least. */
  readonly atLeast: number
  /** And of all events of some types more than so many percent, of so many at least. */
  readonly share: { readonly of: readonly string[]; readonly abovePercent: number; readonly ofAtLeast: number } | null
}

export interface MetricCondition {
  readonly kind: 'metric'
  readonly metric: MetricName
  /** Labels that a value has. */
  readonly where: Readonly<Record<string, string>>
  readonly above: number
}

export interface Rule<Condition = EventCondition | MetricCondition> {
  readonly name: string
  readonly severity: AlertSeverity
  /** With `{{…}}` for what is known of an alert. */
  readonly summary: string
  readonly condition: Condition
  /** Paths in an event's data, or labels of a metric. */
  readonly groupBy: readonly string[]
  /** How long it has to hold. */
  readonly forMs: number
  /** How long it has to be over. */
  readonly resolveAfterMs: number
  readonly escalation: readonly Step[]
  readonly repeat: Repeat | null
}

export const isEventRule = (rule: Rule): rule is Rule<EventCondition> => rule.condition.kind === 'event'
export const isMetricRule = (rule: Rule): rule is Rule<MetricCondition> => rule.condition.kind === 'metric'

/** What a rule demands, for people. */
export function conditionText({ condition }: Rule): string {
  if (condition.kind === 'metric') {
    const where = Object.entries(condition.where).map(([label, value]) => `${label} ${value}`)
    const of = where.length === 0 ? '' : ` of ${where.join(', ')}`
    return `${condition.metric}${of} above ${condition.above}`
  }
  const { types, where, windowMs, atLeast, share } = condition
  const tests = where.map((test) => ` with ${testText(test)}`).join(' and')
  const begin = `${types.join(', ')}${tests}`
  if (share === null) return `${begin}: at least ${atLeast} within ${formatDuration(windowMs)}`
  const of = `${share.of.join(', ')} within ${formatDuration(windowMs)}, of at least ${share.ofAtLeast}`
  return `${begin} above ${share.abovePercent} % of ${of}`
}

const testText = ({ field, ...test }: FieldTest): string =>
  Object.entries(test)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${field} ${name} ${Array.isArray(value) ? value.join(', ') : String(value)}`)
    .join(' and ')
