import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { readWaitPreference } from './prefer.ts'

describe('Prefer', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['wait=5', 5],
    ['Wait = "5"', 5],
    ['return=minimal, wait=3', 3],
    ['wait=3; x=y', 3],
    ['wait=2, wait=9', 2],
    ['wait=60', 10],
    ['wait=10000000000', 10],
    ['wait=0', 0],
    ['respond-async', 0],
    ['respond-async, wait=4', 4],
    ['return=minimal', undefined],
    ['waiting=x', undefined],
  ])('%j is a wait of %j', (header, seconds) => {
    expect(readWaitPreference(header)).toBe(seconds)
  })

  it.each(['wait', 'wait=', 'wait=x', 'wait=-1', 'wait=1.5', 'wait=1e1', 'respond-async, wait=x'])(
    '%j is malformed',
    (header) => {
      expect(() => readWaitPreference(header)).toThrow(expect.objectContaining({ code: 'invalid_preference' }))
    },
  )

  it('of any text is a wait of 0 to 10, none, or a problem', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('wait', '=', 'respond-async', ',', ';', '"', ' ', '1', '9') }),
        (header) => {
          try {
            expect([undefined, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).toContain(readWaitPreference(header))
          } catch (error) {
            expect(error).toMatchObject({ code: 'invalid_preference' })
          }
        },
      ),
    )
  })
})
