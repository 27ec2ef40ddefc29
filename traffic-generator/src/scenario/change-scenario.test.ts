import { describe, expect, it } from '@jest/globals'
import { changeScenario } from './change-scenario.ts'
import { parseScenarioObject } from './parse-scenario.ts'
import { mixSchema, peakRate } from './scenario.ts'
import { shippedScenarios } from './scenario-files.ts'

const scenario = parseScenarioObject(
  {
    name: 'a',
    duration: '100s',
    rate: 10,
    mix: { payment: 1 },
    phases: [
      { name: 'one', duration: '40s' },
      { name: 'two', duration: '20s', rate: 50, mix: { hold: 1 } },
    ],
    patterns: [
      { label: 'velocity', at: ['50s'] },
      { label: 'new_payees', every: '30s' },
    ],
  },
  'scenario',
)

describe('a scenario that is changed', () => {
  it('keeps the proportions of its phases and times', () => {
    const changed = changeScenario(scenario, { rate: 20, duration: 200_000 })
    expect(changed.phases).toMatchObject([{ duration: 80_000 }, { duration: 40_000, rate: 100 }])
    expect(changed.patterns).toMatchObject([{ at: [100_000] }, { every: 30_000 }])
  })

  it('has a given mix in all phases', () => {
    const mix = mixSchema.parse({ balance: 1 })
    expect(changeScenario(scenario, { mix }).phases.map((phase) => phase.mix)).toEqual([mix, mix])
  })

  it('is refused beyond the highest rate, whichever phase that is in', () => {
    expect(() => changeScenario(scenario, { rate: 201 })).toThrow('/rate makes more than 1000 acts a second')
  })
})

describe('the scenarios that are shipped', () => {
  const shipped = shippedScenarios()

  it('are these, each of its file’s name', () => {
    expect(shipped.map(({ name }) => name)).toEqual(['black-friday', 'calm', 'fraud', 'soak'])
  })

  it('are within what a laptop does', () => {
    for (const one of shipped) expect(peakRate(one)).toBeLessThan(120)
  })

  it('have patterns of every kind, but for the calm one', () => {
    const kinds = shipped.map(({ patterns }) => new Set(patterns.map(({ label }) => label)).size)
    expect(kinds).toEqual([8, 0, 8, 8])
  })
})
