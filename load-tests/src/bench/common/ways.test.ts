import { describe, expect, it } from '@jest/globals'
import { reportWays, type WayRound } from './ways.ts'

const round = (perS: number, micros: Readonly<Record<string, number>> = {}): WayRound => ({
  perS,
  p50Ms: 1,
  p95Ms: 2,
  clientMicros: 30,
  micros,
})

describe('ways', () => {
  it('are measured against their ceiling round by round, so that a slow minute cancels out', () => {
    const [, hit] = reportWays(
      [{ name: 'nginx alone' }, { name: 'hit', ceiling: 'nginx alone' }],
      [
        { name: 'nginx alone', rounds: [round(40_000), round(20_000)] },
        { name: 'hit', rounds: [round(10_000, { redis: 20 }), round(5000, { redis: 40 })] },
      ],
    )
    expect(hit).toMatchObject({
      ceiling: 'nginx alone',
      ratio: { median: 0.25, min: 0.25, max: 0.25 },
      perS: { median: 7500, min: 5000, max: 10_000 },
      micros: { redis: { median: 30 } },
    })
  })

  it('have no ratio where the ceiling was not measured', () => {
    const [hit] = reportWays([{ name: 'hit', ceiling: 'nginx alone' }], [{ name: 'hit', rounds: [round(1)] }])
    expect(hit).toMatchObject({ ceiling: undefined, ratio: undefined })
  })
})
