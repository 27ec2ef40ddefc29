import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { addCells, cellOf, percentiles } from './latency-histogram.ts'

const MAX_ERROR = 0.045
const SHARES = [0.5, 0.95, 0.99, 1]
/** Up to 30 days, which is as long as a hold stands. */
const times = fc.array(fc.oneof(fc.nat(200), fc.nat(30 * 86_400_000)), { minLength: 1, maxLength: 300 })

const histogramOf = (ms: readonly number[]): Map<number, number> => {
  const cells = new Map<number, number>()
  addCells(
    cells,
    ms.map((time): [number, number] => [cellOf(time), 1]),
  )
  return cells
}

const exact = (ms: readonly number[], share: number): number =>
  ms.toSorted((a, b) => a - b)[Math.ceil(share * ms.length) - 1] ?? NaN

describe('the histogram of latencies', () => {
  it('gives percentiles to 4.5 percent, or a millisecond', () => {
    fc.assert(
      fc.property(times, (ms) => {
        for (const [at, found] of (percentiles(histogramOf(ms), SHARES) ?? []).entries()) {
          const wanted = exact(ms, SHARES[at] ?? NaN)
          expect(Math.abs(found - wanted)).toBeLessThanOrEqual(Math.max(1, wanted * MAX_ERROR))
        }
      }),
    )
  })

  it('is the same put together from parts in any order as made of everything at once', () => {
    fc.assert(
      fc.property(fc.array(times, { minLength: 1, maxLength: 10 }), (minutes) => {
        const hour = new Map<number, number>()
        for (const minute of minutes.toReversed()) addCells(hour, histogramOf(minute))
        const whole = histogramOf(minutes.flat())
        expect([...hour].sort(([a], [b]) => a - b)).toEqual([...whole].sort(([a], [b]) => a - b))
        expect(percentiles(hour, SHARES)).toEqual(percentiles(whole, SHARES))
      }),
    )
  })

  it('has cells that grow with the time, and few of them', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31 - 1), fc.nat(2 ** 31 - 1), (a, b) => {
        expect(Math.sign(cellOf(Math.max(a, b)) - cellOf(Math.min(a, b)))).toBeGreaterThanOrEqual(0)
        expect(cellOf(a)).toBeLessThanOrEqual(255)
      }),
    )
    expect([0, 1, 2, 4, 1024].map(cellOf)).toEqual([0, 0, 8, 16, 80])
    expect(cellOf(Number.MAX_SAFE_INTEGER)).toBe(255)
  })

  it('has no percentile of nothing', () => {
    expect(percentiles(new Map(), SHARES)).toBeUndefined()
    expect(percentiles(new Map([[3, 0]]), SHARES)).toBeUndefined()
  })
})
