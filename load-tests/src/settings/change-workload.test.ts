import { describe, expect, it } from '@jest/globals'
import { breakpoint } from '../profiles/breakpoint.ts'
import { journeys } from '../profiles/journeys.ts'
import { peak } from '../profiles/peak.ts'
import { changeWorkload } from './change-workload.ts'

describe('a profile’s load', () => {
  it('is changed by options', () => {
    const { workload, asDefined } = changeWorkload(peak, { users: 300, think: 0 })
    expect(workload).toEqual({ ...peak.workload, users: 300, thinkS: 0 })
    expect(asDefined).toBe(false)
    expect(changeWorkload(breakpoint, { rate: 500 }).workload.ratePerS).toBe(500)
  })

  it('is the same load when it is looked at for longer', () => {
    expect(changeWorkload(peak, { duration: 300, warmUp: 10 }).asDefined).toBe(true)
    expect(changeWorkload(peak, {}).asDefined).toBe(true)
  })

  it.each([
    ['--rate', () => changeWorkload(peak, { rate: 500 })],
    ['--think', () => changeWorkload(breakpoint, { think: 1 })],
    ['--mix', () => changeWorkload(journeys, { mix: peak.workload.mix })],
  ])('refuses %s where it would do nothing', (option, change) => {
    expect(change).toThrow(option)
  })
})
