import { describe, expect, it } from '@jest/globals'
import { countsUpTo, countUpTo } from './bench-options.ts'

describe('a count', () => {
  it.each([
    ['1', 1],
    ['500', 500],
    ['200k', 200_000],
    ['5M', 5_000_000],
  ])('%s', (text, count) => {
    expect(countUpTo(5_000_000)(text)).toBe(count)
  })

  it.each(['', '0', '-1', '1.5', '5m1', '6m', 'k', '1g'])('is not %j', (text) => {
    expect(() => countUpTo(5_000_000)(text)).toThrow('a whole number up to 5,000,000')
  })

  it('may be one of several', () => {
    expect(countsUpTo(1_000_000)('10k,1m')).toEqual([10_000, 1_000_000])
    expect(() => countsUpTo(1_000_000)('10k,')).toThrow('a whole number')
  })
})
