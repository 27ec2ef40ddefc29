import { describe, expect, it } from '@jest/globals'
import { restartDelayMs } from './restart-policy.ts'

const delays = (ends: readonly number[], maxRestarts: number, windowMs = 60_000): number[] =>
  ends.map((count) => restartDelayMs(count, { maxRestarts, windowMs }))

describe('restartDelayMs', () => {
  it('doubles the delay with each end in a row, up to 5 s', () => {
    expect(delays([1, 2, 3, 6, 7, 100], 1000)).toEqual([100, 200, 400, 3200, 5000, 5000])
  })

  it('goes on up to the window after too many ends, and never gives up', () => {
    expect(delays([5, 6, 7, 8, 9, 10, 11, 5000], 5)).toEqual([1600, 3200, 6400, 12_800, 25_600, 51_200, 60_000, 60_000])
  })

  it('is never shorter after too many ends than before', () => {
    expect(delays([7, 8], 7, 1000)).toEqual([5000, 5000])
  })
})
