import { describe, expect, it } from '@jest/globals'
import { breakpoint } from '../profiles/breakpoint.ts'
import { journeys } from '../profiles/journeys.ts'
import { peak } from '../profiles/peak.ts'
import { judgeStages } from './judge-stages.ts'
import { readStages, type Stages } from './stage-figures.ts'

const trend = (count: number, p95: number) => ({ values: { count, med: 2, 'p(95)': p95, 'p(99)': p95, max: p95 } })

interface Step {
  readonly requests: number
  readonly failed?: number
  readonly readP95?: number
}

/** Steps of 15 s from 2000 a second on, by 500. */
function breakpointOf(steps: readonly Step[], measuredS = steps.length * 15): Stages {
  const metrics = Object.fromEntries<object>(
    steps.flatMap(({ requests, failed = 0, readP95 = 20 }, stage): [string, object][] => [
      [`http_req_failed{stage:${stage}}`, { values: { rate: 0, passes: failed, fails: requests - failed } }],
      [`http_req_duration{kind:read,stage:${stage}}`, trend(requests, readP95)],
    ]),
  )
  return readStages({ metrics }, breakpoint, breakpoint.workload, measuredS)
}

const step = (rate: number, change: Partial<Step> = {}): Step => ({ requests: rate * 15, ...change })

describe('the knee', () => {
  it('is the rate of the last stage before one that broke', () => {
    const { knee, stages } = breakpointOf([step(2000), step(2499), step(2990, { readP95: 130 })])
    expect(knee).toEqual({ requestsPerS: 2499, brokenBy: '3000/s: reads p95 130 ms' })
    expect(stages.map(({ level }) => level)).toEqual([2000, 2500, 3000])
  })

  it.each([
    ['requests that fail', step(2500, { failed: 100 }), '2500/s: 0.27 % failed'],
    ['arrivals that cannot begin', step(2300), '2500/s: 2300 of 2500 arrivals a second'],
  ])('is found by %s', (_, broken, why) => {
    expect(breakpointOf([step(2000), broken]).knee?.brokenBy).toContain(why)
  })

  it('is not told by a stage that was cut', () => {
    expect(breakpointOf([step(2000), step(800)], 20).knee).toEqual({ requestsPerS: 2000, brokenBy: undefined })
  })

  it('passes when it was found, fails when nothing held, and is open when nothing broke', () => {
    const stateOf = (stages: Stages) => judgeStages(breakpoint.thresholds, stages)[0]?.state
    expect(stateOf(breakpointOf([step(2000), step(2500, { readP95: 130 })]))).toBe('pass')
    expect(stateOf(breakpointOf([step(2000, { readP95: 130 })]))).toBe('fail')
    expect(stateOf(breakpointOf([step(2000), step(2500)]))).toBe('skipped')
  })
})

describe('stages', () => {
  it('are none where there is but one', () => {
    expect(readStages({ metrics: {} }, peak, peak.workload, 60)).toEqual({ stages: [] })
  })
})

describe('journeys', () => {
  const of = (p95: number) =>
    readStages({ metrics: { 'journey_duration{phase:measured}': trend(10, p95) } }, journeys, journeys.workload, 60)

  it.each([
    [399, 'pass'],
    [401, 'fail'],
  ])('of a p95 of %d ms %s', (p95, state) => {
    expect(judgeStages(journeys.thresholds, of(p95))).toMatchObject([{ name: 'journeys p95', state }])
  })
})
