import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { backoffMs } from './backoff.ts'

describe('a backoff', () => {
  it('doubles its ceiling with every attempt, up to the cap', () => {
    const ceilings = [1, 2, 3, 10, 1000].map((attempts) => backoffMs({ baseMs: 100, capMs: 5000 }, attempts, 1))
    expect(ceilings).toEqual([200, 400, 800, 5000, 5000])
  })

  it('is anything below its ceiling, and never 0', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempts, random) => {
        const ms = backoffMs({ baseMs: 200, capMs: 60_000 }, attempts, random)
        expect(ms).toBeGreaterThanOrEqual(1)
        expect(ms).toBeLessThanOrEqual(60_000)
      }),
    )
  })
})
