import { describe, expect, it } from '@jest/globals'
import { percentilesOf } from './percentile.ts'

describe('percentiles', () => {
  it('lie between the neighbours', () => {
    const values = Array.from({ length: 101 }, (_, index) => 100 - index)
    expect(percentilesOf(values)).toEqual({ count: 101, p50: 50, p95: 95, p99: 99, max: 100 })
    expect(percentilesOf([10, 20])?.p50).toBe(15)
  })

  it('of one value are that value, and of none nothing', () => {
    expect(percentilesOf([7])).toEqual({ count: 1, p50: 7, p95: 7, p99: 7, max: 7 })
    expect(percentilesOf([])).toBeUndefined()
  })
})
