import { describe, expect, it } from '@jest/globals'
import { histogramPercentile, observedBetween, parseHistogram, sumHistograms } from './histogram.ts'

const scrape = `
# TYPE applied_seconds histogram
applied_seconds_bucket{le="0.05",instance="w1"} 10
applied_seconds_bucket{le="0.1",instance="w1"} 90
applied_seconds_bucket{le="+Inf",instance="w1"} 100
applied_seconds_sum{instance="w1"} 7.5
other_bucket{le="0.05"} 3
`

describe('a histogram', () => {
  const histogram = parseHistogram(scrape, 'applied_seconds')

  it('is read from a scrape', () => {
    expect([...histogram]).toEqual([
      [0.05, 10],
      [0.1, 90],
      [Infinity, 100],
    ])
  })

  it('is interpolated within a bucket, and exact at its bound', () => {
    expect(histogramPercentile(histogram, 0.5)).toBeCloseTo(0.075)
    expect(histogramPercentile(histogram, 0.9)).toBe(0.1)
    expect(histogramPercentile(histogram, 0.99)).toBe(0.1)
  })

  it('adds up over instances and subtracts between scrapes', () => {
    const both = sumHistograms([histogram, histogram])
    expect(both.get(0.1)).toBe(180)
    expect(observedBetween(histogram, both)).toEqual(histogram)
  })

  it('says nothing of an instance that began again, or of no observations', () => {
    expect(observedBetween(sumHistograms([histogram, histogram]), histogram)).toBeUndefined()
    expect(observedBetween(histogram, histogram)).toBeUndefined()
  })
})
