import { describe, expect, it } from '@jest/globals'
import { nextAttemptMs, STANDARD_SCHEDULE_S } from './retry-schedule.ts'

describe('the schedule of attempts', () => {
  it('is that of Standard Webhooks, then over', () => {
    const waits = STANDARD_SCHEDULE_S.map((_, at) => nextAttemptMs(STANDARD_SCHEDULE_S, at + 1, 0, 0))
    expect(waits).toEqual([...STANDARD_SCHEDULE_S.slice(1).map((seconds) => seconds * 1000), undefined])
  })

  it('spreads what failed together over a tenth', () => {
    expect(nextAttemptMs([0, 300], 1, 0, 1)).toBe(330_000)
  })

  it('waits for as long as the receiver asks, up to a day', () => {
    expect(nextAttemptMs([0, 5], 1, 60_000, 0)).toBe(60_000)
    expect(nextAttemptMs([0, 5], 1, 1e12, 0)).toBe(86_400_000)
    expect(nextAttemptMs([0, 5], 1, 10, 0)).toBe(5000)
  })
})
