import { describe, expect, it } from '@jest/globals'
import { LagSamples } from './lag-samples.ts'
import { parseInt8, parseTime } from './pg-values.ts'
import { PrimaryBudget } from './primary-budget.ts'

describe('lag samples', () => {
  const samples = new LagSamples()
  samples.record(1000, 10n)
  samples.record(2000, 20n)
  samples.record(3000, 20n)

  it('tell as of when a position is everything there was', () => {
    expect(samples.asOfMs(9n)).toBeUndefined()
    expect(samples.asOfMs(10n)).toBe(1000)
    expect(samples.asOfMs(25n)).toBe(3000)
  })

  it('tell for how long something is missing, and no lag when nothing is written', () => {
    expect(samples.lagMs(10n, 5000)).toBe(3000)
    expect(samples.lagMs(20n, 5000)).toBe(0)
  })

  it('start anew when the log goes on at a lower position', () => {
    const failedOver = new LagSamples()
    failedOver.record(1000, 100n)
    failedOver.record(2000, 50n)
    expect(failedOver.asOfMs(60n)).toBe(2000)
    expect(failedOver.lagMs(60n, 3000)).toBe(0)
  })
})

describe('the primary’s budget', () => {
  it('is spent per second and at once, and comes back with time', async () => {
    let now = 0
    const budget = new PrimaryBudget({ maxConcurrent: 2, perSecond: 3 }, { now: () => now })
    const release: (() => void)[] = []
    const slow = () =>
      new Promise<string>((resolve) =>
        release.push(() => {
          resolve('read')
        }),
      )
    const running = [budget.run(slow), budget.run(slow)]
    expect(await budget.run(slow)).toBeUndefined()
    for (const each of release) each()
    expect(await Promise.all(running)).toEqual(['read', 'read'])
    expect(await budget.run(() => Promise.resolve('third'))).toBe('third')
    expect(await budget.run(() => Promise.resolve('fourth'))).toBeUndefined()
    now = 400
    expect(await budget.run(() => Promise.resolve('later'))).toBe('later')
  })
})

describe('values from PostgreSQL', () => {
  it('are numbers while those are exact', () => {
    expect(parseInt8('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER)
    expect(parseInt8('9007199254740993')).toBe(9007199254740993n)
  })

  it('are times in the API’s form', () => {
    expect(parseTime('2026-11-21 05:59:13+00')).toBe('2026-11-21T05:59:13.000Z')
    expect(parseTime('2026-11-21 05:59:13.6+00')).toBe('2026-11-21T05:59:13.600Z')
    expect(parseTime('2026-11-21 05:59:13.006123+00')).toBe('2026-11-21T05:59:13.006Z')
    expect(parseTime('infinity')).toBe('infinity')
  })
})
