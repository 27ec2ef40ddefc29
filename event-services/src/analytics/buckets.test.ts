import { describe, expect, it } from '@jest/globals'
import { ANALYTICS_GRANULARITIES } from '@paycluster/contracts'
import fc from 'fast-check'
import { BUCKET_MS, bucketEnd, bucketStart } from './buckets.ts'

const at = (text: string): number => Date.parse(text)

describe('buckets', () => {
  it('begin where the clock in UTC does', () => {
    const time = at('2026-11-27T13:45:59.999Z')
    expect(ANALYTICS_GRANULARITIES.map((of) => new Date(bucketStart(of, time)).toISOString())).toEqual([
      '2026-11-27T13:45:00.000Z',
      '2026-11-27T13:00:00.000Z',
      '2026-11-27T00:00:00.000Z',
    ])
    expect(bucketStart('minute', at('2026-11-27T13:45:00.000Z'))).toBe(at('2026-11-27T13:45:00.000Z'))
    expect(bucketEnd('day', at('2026-11-27T00:00:00.000Z'))).toBe(at('2026-11-27T00:00:00.000Z'))
    expect(bucketEnd('day', at('2026-11-27T00:00:00.001Z'))).toBe(at('2026-11-28T00:00:00.000Z'))
  })

  it('hold every time once, and lie in the next longer ones', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ANALYTICS_GRANULARITIES), fc.nat(4e12), (granularity, ms) => {
        const start = bucketStart(granularity, ms)
        expect(start <= ms && ms < start + BUCKET_MS[granularity]).toBe(true)
        expect(bucketStart('day', start)).toBe(bucketStart('day', ms))
      }),
    )
  })
})
