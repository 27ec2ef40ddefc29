import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { inFlightAt, inFlightWithin, interactiveLoad, rateOf, usersOf } from './operational-laws.ts'
import { maxThroughput, peakInFlight, responseS, throughputAt } from './usl.ts'

const USL = { lambda: 400, sigma: 0.08, kappa: 2e-6 }

describe('the operational laws', () => {
  it('go from users to rate and back', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.double({ min: 0, max: 3600, noNaN: true }),
        fc.double({ min: 0.0001, max: 60, noNaN: true }),
        (users, thinkS, responseS) => {
          expect(usersOf(rateOf(users, thinkS, responseS), thinkS, responseS) / users).toBeCloseTo(1, 9)
        },
      ),
    )
  })

  it('find where users who think come to rest: all of them are in flight or thinking', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20_000 }), fc.double({ min: 0, max: 10, noNaN: true }), (users, thinkS) => {
        const { inFlight, perS, responseS } = interactiveLoad(USL, users, thinkS)
        expect(usersOf(perS, thinkS, responseS) / users).toBeCloseTo(1, 6)
        expect(perS * responseS).toBeCloseTo(inFlight, 6)
        expect(perS).toBeLessThanOrEqual(maxThroughput(USL) * (1 + 1e-9))
      }),
    )
  })

  it('let a user without a pause be in flight all the time', () => {
    expect(interactiveLoad(USL, 64, 0).inFlight).toBeCloseTo(64, 6)
  })

  it('find the fewest in flight for a rate', () => {
    const inFlight = inFlightAt(USL, 0.6 * maxThroughput(USL), peakInFlight(USL))
    expect(throughputAt(USL, inFlight) / maxThroughput(USL)).toBeCloseTo(0.6, 9)
  })

  it('find the most in flight within a response time, and none where an idle system takes longer', () => {
    expect(responseS(USL, inFlightWithin(USL, 0.1))).toBeCloseTo(0.1, 9)
    expect(inFlightWithin(USL, 1 / USL.lambda / 2)).toBe(0)
  })
})
