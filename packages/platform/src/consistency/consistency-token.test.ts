import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { IdCodec } from '../ids/id-codec.ts'
import { formatConsistencyToken, parseConsistencyToken, tokenAccount } from './consistency-token.ts'
import { formatLsn, parseLsn } from './lsn.ts'

const codec = new IdCodec('a secret for tests, of 32 letters or more')
const lsn = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n })

describe('a consistency token', () => {
  it('comes back as it was written', () => {
    const versions = fc.array(fc.tuple(fc.string(), fc.integer({ min: 0, max: 2 ** 40 })), { maxLength: 16 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), lsn, versions, (timeline, position, pairs) => {
        const named = pairs.map(([key, version]) => [codec.derive('acc', 1, key), version] as const)
        const token = parseConsistencyToken(formatConsistencyToken(timeline, position, named))
        expect(token?.timeline).toBe(timeline)
        expect(token?.lsn).toBe(position)
        expect(token?.versions).toEqual(new Map(named.map(([id, version]) => [tokenAccount(id), version])))
      }),
    )
  })

  it('is none when it is anything else', () => {
    fc.assert(fc.property(fc.string(), (text) => parseConsistencyToken(`x${text}`) === undefined))
    for (const text of ['', '1', '1.1', '2.1.1', '1.1.1.x', '1.g.1', `1.1.1${'.0'.repeat(600)}`])
      expect(parseConsistencyToken(text)).toBeUndefined()
  })
})

describe('a log position', () => {
  it('comes back as it was written', () => {
    fc.assert(fc.property(lsn, (position) => parseLsn(formatLsn(position)) === position))
    expect(parseLsn('16/B374D848')).toBe(0x16b374d848n)
    expect(() => parseLsn('16')).toThrow(RangeError)
  })
})
