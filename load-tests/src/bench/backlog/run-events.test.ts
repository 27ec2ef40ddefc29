import { describe, expect, it } from '@jest/globals'
import type { BacklogReport } from './run-backlog.ts'
import { drainsReport, eventGoals } from './run-events.ts'

const round = (publishedPerS: number, committedPerS: number): BacklogReport => ({
  bench: 'backlog',
  counts: { payments: 1, succeeded: 1, declined: 0, repeated: 0, messages: 1, paidMinor: 1 },
  durability: { synchronous_standby_names: 'ANY 1 (replica_1)', streamingReplicas: 1, fsync: 'on' },
  writeS: 1,
  drain: { elapsedS: 1, perSecond: { min: 1, median: 1, max: 1 } },
  committedPerS,
  publishedPerS,
  comparisons: [],
  usage: undefined,
})

describe('drains to the last event', () => {
  const empty = drainsReport('empty', [round(12_600, 14_000), round(6300, 7000), round(13_500, 15_000)])
  const read = drainsReport('read', [round(9000, 10_000)])

  it('are held against the posting of the same drain', () => {
    expect(empty.publishedPerS).toEqual({ median: 12_600, min: 6300, max: 13_500 })
    expect(empty.ratio.median).toBeCloseTo(0.9)
  })

  it('have their goal to the last event, whatever the cache held', () => {
    expect(eventGoals([empty, read]).map(({ measured, isReached }) => [measured, isReached])).toEqual([
      [12_600, true],
      [9000, false],
    ])
  })
})
