import { describe, expect, it } from '@jest/globals'
import { readSummary } from './k6-summary.ts'

const trend = (count: number, p95: number) => ({
  type: 'trend',
  values: { count, avg: 1, med: 2, 'p(95)': p95, 'p(99)': 30, max: 40 },
})

describe('k6’s summary', () => {
  const view = readSummary({
    metrics: {
      http_reqs: { type: 'counter', values: { count: 130, rate: 10 } },
      http_req_failed: { type: 'rate', values: { rate: 0.1, passes: 13, fails: 117 } },
      'http_req_duration{phase:measured}': trend(100, 20),
      'http_req_duration{kind:read,phase:measured}': trend(80, 18),
      'http_req_duration{op:balance,phase:measured}': trend(80, 18),
      'http_req_duration{op:statement,phase:measured}': trend(0, 0),
      'http_req_duration{op:pay,phase:measured}': trend(20, 25),
      'http_req_failed{op:pay,phase:measured}': { type: 'rate', values: { rate: 0.05, passes: 1, fails: 19 } },
      versions_backwards: { type: 'counter', values: { count: 2, rate: 0.1 } },
    },
  })

  it('gives the figures of the operations that there were', () => {
    expect(view.measured.operations).toEqual([
      { operation: 'balance', count: 80, p50: 2, p95: 18, p99: 30, max: 40, failed: 0 },
      { operation: 'pay', count: 20, p50: 2, p95: 25, p99: 30, max: 40, failed: 1 },
    ])
    expect(view.measured.reads?.p95).toBe(18)
  })

  it('counts failures and violations over the whole run', () => {
    expect(view).toMatchObject({ requests: 130, failed: 13, versionsBackwards: 2, tokensNotMet: 0 })
  })

  it('of a run without one request is all zeros', () => {
    const none = readSummary({ metrics: {} })
    expect(none.measured).toEqual({ requests: 0, reads: undefined, operations: [] })
  })
})
