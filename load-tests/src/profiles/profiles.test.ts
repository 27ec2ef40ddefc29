import { describe, expect, it } from '@jest/globals'
import { k6Thresholds } from '../workload/metrics.ts'
import { profileNamed, profiles } from './index.ts'
import { expectedRequests, scenarioOf } from './models.ts'

interface Scenario {
  readonly executor: string
  readonly stages: readonly { readonly duration: string; readonly target: number }[]
}
const scenarioNamed = (name: string): Scenario => {
  const profile = profileNamed(name)
  if (profile === undefined) throw new Error(`no profile ${name}`)
  return scenarioOf(profile, profile.workload) as Scenario
}

describe.each(profiles)('the profile $name', (profile) => {
  const { workload } = profile
  const { base, stages } = profile.shape(workload)

  it('measures for as long as it says', () => {
    const sum = stages.reduce((total, { durationS }) => total + durationS, 0)
    expect(sum).toBeCloseTo(workload.durationS)
  })

  it('keeps within its users or its rate', () => {
    const most = profile.model === 'open' ? workload.ratePerS : workload.users
    for (const level of [base, ...stages.map((stage) => stage.level)]) {
      expect(level).toBeGreaterThan(0)
      expect(level).toBeLessThanOrEqual(most)
    }
  })

  it('has the settings of its model', () => {
    const isOpen = profile.model === 'open'
    expect(workload.ratePerS > 0).toBe(isOpen)
    if (isOpen) expect(workload.thinkS).toBe(0)
    expect(scenarioNamed(profile.name).executor).toBe(profile.model === 'open' ? 'ramping-arrival-rate' : 'ramping-vus')
  })
})

describe('profiles', () => {
  it('are found by their customary names', () => {
    expect(profiles.map(({ name }) => name)).toEqual([
      'smoke',
      'average',
      'peak',
      'closed',
      'stress',
      'spike',
      'soak',
      'breakpoint',
      'hot-merchant',
      'history',
      'misses',
      'journeys',
      'level',
    ])
    expect(profileNamed('toString')).toBeUndefined()
  })

  it('of which spike goes from 200 users to 3000 within 10 s', () => {
    const { stages } = scenarioNamed('spike')
    expect(stages.slice(0, 3)).toEqual([
      { duration: '5s', target: 200 },
      { duration: '30s', target: 200 },
      { duration: '10s', target: 3000 },
    ])
  })

  it('of which breakpoint ends after the first step that breaks', () => {
    const profile = profileNamed('breakpoint')
    if (profile === undefined) throw new Error('no breakpoint')
    const thresholds = k6Thresholds(profile, profile.workload)
    expect(thresholds['http_req_duration{kind:read,stage:0}']).toEqual([
      { threshold: 'p(95)<=100', abortOnFail: true, delayAbortEval: '85s' },
    ])
    expect(thresholds['http_req_failed{stage:12}']).toEqual([
      { threshold: 'rate<=0.001', abortOnFail: true, delayAbortEval: '265s' },
    ])
  })

  it('say how many requests to expect', () => {
    const of = (name: string) => {
      const profile = profileNamed(name)
      return profile === undefined ? undefined : expectedRequests(profile, profile.workload)
    }
    expect(of('peak')).toBe(412_500)
    expect(of('soak')).toBe(1_865_000)
  })
})
