import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  boundOf,
  bucketsOf,
  mergeHistograms,
  observedSince,
  percentileOf,
  type NativeHistogram,
} from './native-histogram.ts'

const SCHEMA = 3
const histogramOf = (values: readonly number[]): NativeHistogram => {
  const buckets = new Map<number, number>()
  for (const value of values) {
    const index = Math.ceil(Math.log2(value) * 2 ** SCHEMA)
    buckets.set(index, (buckets.get(index) ?? 0) + 1)
  }
  return { schema: SCHEMA, count: values.length, sum: values.reduce((sum, value) => sum + value, 0), zeros: 0, buckets }
}
const durations = fc.array(fc.double({ min: 1e-4, max: 60, noNaN: true }), { minLength: 1, maxLength: 200 })

describe('a native histogram', () => {
  it('is sent as runs of neighbours, each count relative to the one before', () => {
    const spans = [
      { offset: -3, length: 2 },
      { offset: 4, length: 1 },
    ]
    expect(bucketsOf(spans, [5, -3, 1])).toEqual(
      new Map([
        [-3, 5],
        [-2, 2],
        [3, 3],
      ]),
    )
  })

  it('gives a percentile within the width of a bucket of the exact one', () => {
    fc.assert(
      fc.property(durations, fc.constantFrom(0.5, 0.95, 0.99), (values, share) => {
        const sorted = values.toSorted((a, b) => a - b)
        const exact = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN
        const width = boundOf(SCHEMA, 1) * (1 + 1e-9)
        const found = percentileOf(histogramOf(values), share) ?? NaN
        expect(found).toBeGreaterThanOrEqual(exact / width)
        expect(found).toBeLessThanOrEqual(exact * width)
      }),
    )
  })

  it('takes away what was there before, and adds up what was apart', () => {
    fc.assert(
      fc.property(durations, durations, (earlier, later) => {
        const before = histogramOf(earlier)
        const both = histogramOf([...earlier, ...later])
        const delta = observedSince(before, both)
        expect(delta?.buckets).toEqual(histogramOf(later).buckets)
        expect(mergeHistograms([before, histogramOf(later)])?.buckets).toEqual(both.buckets)
      }),
    )
  })

  it('that began anew says nothing of the time between', () => {
    expect(observedSince(histogramOf([1, 2, 3]), histogramOf([1]))).toBeUndefined()
  })

  it('of nothing has no percentile', () => {
    expect(percentileOf(histogramOf([]), 0.5)).toBeUndefined()
    expect(mergeHistograms([])).toBeUndefined()
  })
})
