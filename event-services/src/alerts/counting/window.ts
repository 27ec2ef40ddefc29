/** When counts are an alert: over a window that slides along the time of the events. */
import { MAX_EVIDENCE, type AlertEvidence } from '@paycluster/contracts'
import type { EventCondition } from '../rules/rule.ts'

/** Counts of one group in one stretch of time. */
export interface Bucket {
  readonly startMs: number
  readonly matched: number
  readonly total: number
  /** Newest first. */
  readonly evidence: readonly AlertEvidence[]
}

/** What a window holds. */
export interface WindowCounts {
  readonly matched: number
  readonly total: number
  /** What the rule compares: a number of events, or a share in percent. */
  readonly value: number
  readonly holds: boolean
}

/** A time for which the condition held, and when it was met most. */
export interface Run {
  readonly sinceMs: number
  readonly untilMs: number
  readonly peak: WindowCounts
}

const TENTHS = 10

/** The counts of the window that ends at a time. @param buckets  of one group */
export function windowAt(condition: EventCondition, buckets: readonly Bucket[], endMs: number): WindowCounts {
  const { windowMs, atLeast, share } = condition
  let [matched, total] = [0, 0]
  for (const bucket of buckets) {
    if (bucket.startMs <= endMs - windowMs || bucket.startMs > endMs) continue
    matched += bucket.matched
    total += bucket.total
  }
  const percent = total === 0 ? 0 : (100 * matched) / total
  const isShare = share === null || (total >= share.ofAtLeast && percent > share.abovePercent)
  const value = share === null ? matched : Math.round(percent * TENTHS) / TENTHS
  return { matched, total, value, holds: matched >= atLeast && isShare }
}

/**
 * Slides the window over counts that have changed, so that what happened while nobody listened is found as well.
 *
 * @param buckets  of one group, oldest first
 * @param fromMs  the oldest that has changed
 * @returns the first time for which the condition held for long enough; otherwise the time for which it still held at the
 * end; undefined where it did not
 */
export function findRun(
  condition: EventCondition,
  buckets: readonly Bucket[],
  fromMs: number,
  forMs: number,
): Run | undefined {
  let run: Run | undefined
  for (const { startMs } of buckets) {
    if (startMs < fromMs) continue
    const counts = windowAt(condition, buckets, startMs)
    if (counts.holds) {
      run = { sinceMs: run?.sinceMs ?? startMs, untilMs: startMs, peak: peakOf(run?.peak, counts) }
      continue
    }
    if (run !== undefined && run.untilMs - run.sinceMs >= forMs) return run
    run = undefined
  }
  return run
}

const peakOf = (a: WindowCounts | undefined, b: WindowCounts): WindowCounts =>
  a !== undefined && a.value > b.value ? a : b

/** The newest of several. */
export const newestOf = (evidence: readonly AlertEvidence[]): AlertEvidence[] =>
  evidence.toSorted((a, b) => b.at.localeCompare(a.at)).slice(0, MAX_EVIDENCE)
