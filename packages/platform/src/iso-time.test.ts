import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { isoTime } from './iso-time.ts'

describe('times as text', () => {
  it('are those of Date, in any order and again', () => {
    const times = fc.oneof(fc.integer({ min: -8.64e15, max: 8.64e15 }), fc.integer({ min: 0, max: 1000 }))
    fc.assert(
      fc.property(fc.array(times, { maxLength: 50 }), (all) => {
        for (const ms of [...all, ...all]) expect(isoTime(ms)).toBe(new Date(ms).toISOString())
      }),
    )
  })

  it('are refused for what is no time', () => {
    expect(() => isoTime(Number.NaN)).toThrow(RangeError)
  })
})
