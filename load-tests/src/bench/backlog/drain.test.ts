import { describe, expect, it } from '@jest/globals'
import { rateOf } from './drain.ts'

describe('the rate of a drain', () => {
  it('is taken over its time, and second by second', () => {
    const looks = [0, 500, 1000, 1500, 2000, 2500].map((atMs, index) => ({
      atMs: atMs + 100,
      done: [7, 5007, 10_007, 20_007, 30_007, 32_007][index] ?? 0,
    }))
    expect(rateOf(looks)).toEqual({ elapsedS: 2.5, perSecond: { min: 10_000, median: 10_000, max: 20_000 } })
  })

  it('of less than a second has no seconds', () => {
    const looks = [
      { atMs: 0, done: 0 },
      { atMs: 400, done: 9000 },
    ]
    expect(rateOf(looks)).toEqual({ elapsedS: 0.4, perSecond: { min: 0, median: 0, max: 0 } })
  })
})
