/** What a rule counts: which events, in which groups, in how long stretches of time. */
import { createHash } from 'node:crypto'
import type { AlertEvidence } from '@paycluster/contracts'
import { isoTime } from '@paycluster/platform/iso-time'
import { storableText } from '@paycluster/platform/postgres/storable-text'
import { isEventRule, type EventCondition, type Rule } from '../rules/rule.ts'
import { fieldOf, passes, type ListenedEvent } from './listened-event.ts'

/** Of a window: what an alert may come too late by. */
const BUCKETS = 60
const MIN_BUCKET_MS = 1_000
const MAX_LABEL_LENGTH = 100
const KEY_LENGTH = 16

export type Labels = Readonly<Record<string, string>>

export interface Counter {
  readonly rule: Rule<EventCondition>
  /** A digest of all that says what is counted. */
  readonly key: string
  readonly bucketMs: number
  /** Types that are looked at. */
  readonly types: ReadonlySet<string>
}

/** What an event adds to a counter. */
export interface Count {
  readonly labels: Labels
  readonly groupKey: string
  /** The beginning of the stretch of time that it is in. */
  readonly bucketMs: number
  readonly isMatch: boolean
}

export const countersOf = (rules: readonly Rule[]): Counter[] => rules.filter(isEventRule).map(counterOf)

function counterOf(rule: Rule<EventCondition>): Counter {
  const { types, where, windowMs, share } = rule.condition
  const counted = JSON.stringify([types, where, windowMs, share?.of ?? null, rule.groupBy])
  return {
    rule,
    // Two rules that count the same have their own counts all the same.
    key: createHash('sha256').update(`${rule.name} ${counted}`).digest('hex').slice(0, KEY_LENGTH),
    bucketMs: Math.max(MIN_BUCKET_MS, Math.ceil(windowMs / BUCKETS / MIN_BUCKET_MS) * MIN_BUCKET_MS),
    types: new Set([...types, ...(share?.of ?? [])]),
  }
}

/** @returns undefined for an event that is nothing to the rule */
export function countOf({ rule, bucketMs, types }: Counter, event: ListenedEvent): Count | undefined {
  if (!types.has(event.type)) return undefined
  const { condition, groupBy } = rule
  const isMatch = condition.types.includes(event.type) && passes(event.data, condition.where)
  if (!isMatch && condition.share === null) return undefined
  const labels = labelsOf(event.data, groupBy)
  return { labels, groupKey: groupKeyOf(labels), bucketMs: Math.floor(event.atMs / bucketMs) * bucketMs, isMatch }
}

/** A field that is not there is the empty text. */
const labelsOf = (data: ListenedEvent['data'], fields: readonly string[]): Labels =>
  Object.fromEntries(fields.map((field) => [field, storableText(String(fieldOf(data, field) ?? ''), MAX_LABEL_LENGTH)]))

/** One for each group: labels in the order in which the rule names them. */
export const groupKeyOf = (labels: Labels): string => JSON.stringify(Object.values(labels))

export const evidenceOf = ({ id, type, subject, atMs }: ListenedEvent): AlertEvidence => ({
  at: isoTime(atMs),
  event_id: id,
  type,
  subject,
  value: null,
})
