/** What a batch of events adds to the counts of all rules. */
import { ALERTS_SOURCE, MAX_EVIDENCE, type AlertEvidence } from '@paycluster/contracts'
import { countOf, evidenceOf, type Counter, type Labels } from './counter.ts'
import type { ListenedEvent } from './listened-event.ts'

/** Of one rule, one group and one stretch of time. */
export interface BucketTally {
  readonly counter: Counter
  readonly labels: Labels
  readonly groupKey: string
  readonly bucketMs: number
  matched: number
  total: number
  /** Newest first. */
  evidence: AlertEvidence[]
}

/**
 * @param fromMs  older events are none of an alert's any more
 * @param nowMs  an event of the future is one of now
 */
export function tally(
  counters: readonly Counter[],
  events: readonly ListenedEvent[],
  fromMs: number,
  nowMs: number,
): BucketTally[] {
  const tallies = new Map<string, BucketTally>()
  for (const event of events) {
    // An alert about alerts would never end.
    if (event.source === ALERTS_SOURCE || event.atMs < fromMs) continue
    const dated = event.atMs > nowMs ? { ...event, atMs: nowMs } : event
    for (const counter of counters) {
      const count = countOf(counter, dated)
      if (count === undefined) continue
      const { labels, groupKey, bucketMs, isMatch } = count
      const key = `${counter.key} ${bucketMs} ${groupKey}`
      const known = tallies.get(key) ?? { counter, labels, groupKey, bucketMs, matched: 0, total: 0, evidence: [] }
      tallies.set(key, known)
      known.total += 1
      if (!isMatch) continue
      known.matched += 1
      known.evidence = [evidenceOf(dated), ...known.evidence].slice(0, MAX_EVIDENCE)
    }
  }
  return [...tallies.values()]
}
