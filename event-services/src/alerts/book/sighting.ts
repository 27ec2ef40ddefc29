import type { AlertEvidence } from '@paycluster/contracts'
import type { Labels } from '../counting/counter.ts'
import type { Rule } from '../rules/rule.ts'
import type { Seen } from './decide.ts'

/** What was seen of a rule, in one group: what an alert is made of, or changed by. */
export interface Sighting {
  readonly rule: Rule
  readonly labels: Labels
  readonly groupKey: string
  readonly seen: Seen
  /** That the rule compares. */
  readonly value: number
  /** Of all events that a share is of. */
  readonly total: number
  /** That a new alert begins with, and what an open one gets more. */
  readonly count: number
  readonly added: number
  readonly firstAtMs: number
  readonly lastAtMs: number
  /** Newest first. */
  readonly evidence: readonly AlertEvidence[]
}
