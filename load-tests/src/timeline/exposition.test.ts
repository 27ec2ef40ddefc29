import { describe, expect, it } from '@jest/globals'
import { sumOfMetric } from './exposition.ts'

const text = `# HELP inquiry_reads_total Reads of objects by what the cache had
# TYPE inquiry_reads_total counter
inquiry_reads_total{outcome="hit",instance="a"} 90
inquiry_reads_total{outcome="miss",instance="a"} 8
inquiry_reads_total{outcome="miss",instance="b"} 2
inquiry_reads_total_of_others 5
worker_unpublished_batches 1`

describe('a scrape', () => {
  it('is summed over the series that have the labels', () => {
    expect(sumOfMetric(text, 'inquiry_reads_total')).toBe(100)
    expect(sumOfMetric(text, 'inquiry_reads_total', 'outcome="miss"')).toBe(10)
    expect(sumOfMetric(text, 'worker_unpublished_batches')).toBe(1)
  })

  it('tells what is not there from what is zero', () => {
    expect(sumOfMetric(text, 'inquiry_reads')).toBeUndefined()
    expect(sumOfMetric(text, 'inquiry_reads_total', 'outcome="below_token"')).toBeUndefined()
  })
})
