import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { tokenAccount } from '@paycluster/platform/consistency/consistency-token'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import { isMatch } from '@paycluster/platform/http/if-none-match'
import { isBelow, meetsToken } from './freshness.ts'
import { ServedFloors } from './served-floors.ts'

const id = new IdCodec('a secret for tests, of 32 letters or more').derive('acc', 1, 'key')
const states = fc.record({
  version: fc.nat(20),
  timeline: fc.integer({ min: 1, max: 3 }),
  lsn: fc.bigInt({ min: 0n, max: 20n }),
})

describe('a state', () => {
  it('is below another one or not, never both ways', () => {
    fc.assert(fc.property(states, states, (a, b) => !(isBelow(a, b) && isBelow(b, a))))
    expect(isBelow({ version: 1, timeline: 2, lsn: 0n }, { version: 9, timeline: 1 })).toBe(false)
  })

  it('is served only if nothing newer was', () => {
    fc.assert(
      fc.property(fc.array(states), (sequence) => {
        const floors = new ServedFloors(10)
        const served = sequence.filter((state) => floors.admit('bal:x', state))
        served.forEach((state, index) => {
          expect(isBelow(state, served[index - 1])).toBe(false)
        })
      }),
    )
  })

  it('meets a token that names it by version, another by log position', () => {
    const named = { timeline: 1, lsn: 10n, versions: new Map([[tokenAccount(id), 5]]) }
    const other = { timeline: 1, lsn: 10n, versions: new Map<string, number>() }
    expect(meetsToken({ version: 5, timeline: 1, lsn: 1n }, 'postings', id, named)).toBe(true)
    expect(meetsToken({ version: 4, timeline: 1, lsn: 99n }, 'postings', id, named)).toBe(false)
    expect(meetsToken({ version: 99, timeline: 1, lsn: 9n }, 'postings', id, other)).toBe(false)
    expect(meetsToken({ version: 1, timeline: 1, lsn: 10n }, 'postings', id, other)).toBe(true)
    expect(meetsToken({ version: 9, timeline: 1, lsn: 9n }, 'revisions', id, named)).toBe(false)
    expect(meetsToken({ version: 9, timeline: 1, lsn: 99n }, 'postings', id, { ...named, timeline: 2 })).toBe(false)
  })
})

describe('If-None-Match', () => {
  it('matches weakly, in lists, and as a star', () => {
    for (const condition of ['"7"', 'W/"7"', '"6", "7"', '*']) expect(isMatch(condition, '"7"')).toBe(true)
    for (const condition of ['', '7', '"77"', '"6","8"']) expect(isMatch(condition, '"7"')).toBe(false)
  })
})
