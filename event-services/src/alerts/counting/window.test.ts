import { describe, expect, it } from '@jest/globals'
import type { EventCondition } from '../rules/rule.ts'
import { findRun, windowAt, type Bucket } from './window.ts'

const condition = (more: Partial<EventCondition> = {}): EventCondition => ({
  kind: 'event',
  types: ['payment.failed'],
  where: [],
  windowMs: 60_000,
  atLeast: 1,
  share: null,
  ...more,
})
/** One for each second, as `[matched, total]`. */
const bucketsOf = (...counts: (readonly [number, number])[]): Bucket[] =>
  counts.map(([matched, total], index) => ({ startMs: index * 1000, matched, total, evidence: [] }))
const share = (abovePercent: number, ofAtLeast: number) => ({ of: ['a'], abovePercent, ofAtLeast })

describe('a window', () => {
  it('holds what is in it: its end, and not what lies a whole window before', () => {
    const buckets = bucketsOf([1, 1], [2, 2], [4, 4])
    const rule = condition({ windowMs: 2_000, atLeast: 6 })
    expect(windowAt(rule, buckets, 2_000)).toEqual({ matched: 6, total: 6, value: 6, holds: true })
    expect(windowAt(rule, buckets, 1_999)).toMatchObject({ matched: 3, holds: false })
    expect(windowAt(rule, buckets, 4_000)).toMatchObject({ matched: 0, holds: false })
  })

  it('is a share of enough events, above and not at the percentage', () => {
    const rule = condition({ share: share(20, 10) })
    expect(windowAt(rule, bucketsOf([2, 10]), 0)).toMatchObject({ value: 20, holds: false })
    expect(windowAt(rule, bucketsOf([3, 10]), 0)).toMatchObject({ value: 30, holds: true })
    expect(windowAt(rule, bucketsOf([9, 9]), 0)).toMatchObject({ value: 100, holds: false })
    expect(windowAt(rule, [], 0)).toMatchObject({ value: 0, holds: false })
    expect(windowAt({ ...rule, atLeast: 4 }, bucketsOf([3, 10]), 0)).toMatchObject({ holds: false })
  })
})

describe('a run', () => {
  it('is found behind what is over already, at its worst', () => {
    const rule = condition({ windowMs: 2_000, share: share(50, 4) })
    const buckets = bucketsOf([0, 4], [3, 4], [4, 4], [0, 40], [0, 40])
    expect(findRun(rule, buckets, 0, 0)).toEqual({
      sinceMs: 2_000,
      untilMs: 2_000,
      peak: { matched: 7, total: 8, value: 87.5, holds: true },
    })
  })

  it('is long enough, or goes on at the end', () => {
    const rule = condition({ windowMs: 1_000, atLeast: 5 })
    const buckets = bucketsOf([5, 5], [5, 5], [0, 0], [5, 5], [5, 5], [6, 6], [0, 0], [9, 9])
    expect(findRun(rule, buckets, 0, 2_000)).toMatchObject({ sinceMs: 3_000, untilMs: 5_000, peak: { value: 6 } })
    expect(findRun(rule, buckets, 0, 9_000)).toMatchObject({ sinceMs: 7_000, untilMs: 7_000 })
    expect(findRun(rule, buckets.slice(0, 3), 0, 9_000)).toBeUndefined()
  })

  it('is looked for where counts have changed', () => {
    const rule = condition({ windowMs: 1_000, atLeast: 5 })
    expect(findRun(rule, bucketsOf([9, 9], [0, 0]), 1_000, 0)).toBeUndefined()
  })
})
