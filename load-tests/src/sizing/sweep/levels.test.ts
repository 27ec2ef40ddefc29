import { describe, expect, it } from '@jest/globals'
import { parseLevels, planLevels, timesOf } from './levels.ts'

describe('the levels of a sweep', () => {
  const levels = planLevels()

  it('are each measured once, and the middle one again at the end', () => {
    const inFlight = levels.filter(({ thinkS }) => thinkS === 0).map(({ users }) => users)
    expect(inFlight.at(-1)).toBe(64)
    expect(inFlight.toSorted((a, b) => a - b)).toEqual([1, 2, 4, 8, 16, 32, 64, 64, 128, 256, 512, 1024, 2000])
    expect(new Set(levels.filter(({ thinkS }) => thinkS > 0).map(({ users }) => users))).toEqual(
      new Set([500, 1500, 3000]),
    )
  })

  it('go up and down, so that a slow minute falls on high and low ones alike', () => {
    const rises = levels.slice(1).map(({ users }, index) => users > (levels[index]?.users ?? 0))
    expect(rises).toContain(true)
    expect(rises).toContain(false)
    expect(rises.slice(1).filter((rise, index) => rise !== rises[index]).length).toBeGreaterThan(levels.length / 2)
  })

  it('lose none of those with think time, however few the others are', () => {
    expect(planLevels([8], [500, 1500, 3000])).toHaveLength(5)
  })

  it('give many users longer to start', () => {
    const few = timesOf({ users: 1, thinkS: 0 }, 12)
    const many = timesOf({ users: 2000, thinkS: 0 }, 12)
    expect(many.warmUpS).toBeGreaterThan(few.warmUpS)
    expect(many.durationS).toBe(few.durationS)
  })

  it('are read from the command line, or refused with a line', () => {
    expect(parseLevels('--in-flight')('1,8,64')).toEqual([1, 8, 64])
    expect(() => parseLevels('--in-flight')('1,,8')).toThrow('--in-flight : expected a whole number')
    expect(() => parseLevels('--in-flight')('0')).toThrow('from 1 to 20000')
    expect(() => parseLevels('--in-flight')(Array(51).fill(1).join())).toThrow('at most 50 levels')
  })
})
