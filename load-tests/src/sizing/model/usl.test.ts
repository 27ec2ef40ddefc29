import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { fitUsl, maxThroughput, peakInFlight, responseS, throughputAt, type Usl } from './usl.ts'

const LEVELS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]

const loadsOf = (usl: Usl, noise: (index: number) => number = () => 0) =>
  LEVELS.map((inFlight, index) => ({ inFlight, perS: throughputAt(usl, inFlight) * (1 + noise(index)) }))

const laws = fc.record({
  lambda: fc.double({ min: 10, max: 5000, noNaN: true }),
  sigma: fc.double({ min: 0.001, max: 0.5, noNaN: true }),
  kappa: fc.double({ min: 1e-7, max: 1e-3, noNaN: true }),
})

describe('the Universal Scalability Law', () => {
  it('finds the parameters of throughput that follows it', () => {
    fc.assert(
      fc.property(laws, (usl) => {
        const fitted = fitUsl(loadsOf(usl))
        expect(fitted.lambda / usl.lambda).toBeCloseTo(1, 3)
        expect(fitted.sigma / usl.sigma).toBeCloseTo(1, 2)
        for (const { inFlight, perS } of loadsOf(usl)) expect(throughputAt(fitted, inFlight) / perS).toBeCloseTo(1, 3)
        expect(fitted.rSquared).toBeCloseTo(1, 4)
      }),
      { numRuns: 50 },
    )
  })

  it('comes within the noise of a measurement, with no parameter below 0', () => {
    const noises = fc.array(fc.double({ min: -0.05, max: 0.05, noNaN: true }), {
      minLength: LEVELS.length,
      maxLength: LEVELS.length,
    })
    fc.assert(
      fc.property(laws, noises, (usl, noise) => {
        const fitted = fitUsl(loadsOf(usl, (index) => noise[index] ?? 0))
        expect(fitted.sigma).toBeGreaterThanOrEqual(0)
        expect(fitted.kappa).toBeGreaterThanOrEqual(0)
        for (const { inFlight, perS } of loadsOf(usl))
          expect(Math.abs(throughputAt(fitted, inFlight) / perS - 1)).toBeLessThan(0.11)
      }),
      { numRuns: 50 },
    )
  })

  it('peaks where it says, and answers there by Little’s law', () => {
    const usl = { lambda: 500, sigma: 0.04, kappa: 1e-5 }
    const peak = peakInFlight(usl)
    expect(peak).toBeCloseTo(Math.sqrt(0.96 / 1e-5), 6)
    expect(throughputAt(usl, peak * 0.9)).toBeLessThan(maxThroughput(usl))
    expect(throughputAt(usl, peak * 1.1)).toBeLessThan(maxThroughput(usl))
    expect(responseS(usl, peak)).toBeCloseTo(peak / maxThroughput(usl), 9)
  })

  it('approaches a highest throughput where nobody has to agree, and has none where nothing queues', () => {
    expect(maxThroughput({ lambda: 500, sigma: 0.1, kappa: 0 })).toBe(5000)
    expect(maxThroughput({ lambda: 500, sigma: 0, kappa: 0 })).toBe(Infinity)
  })

  it('refuses too few levels, and one without throughput', () => {
    const loads = loadsOf({ lambda: 500, sigma: 0.1, kappa: 0 })
    expect(() => fitUsl(loads.slice(0, 3))).toThrow('at least 4 different levels')
    expect(() => fitUsl([...loads, { inFlight: 2000, perS: 0 }])).toThrow('without throughput')
  })
})
