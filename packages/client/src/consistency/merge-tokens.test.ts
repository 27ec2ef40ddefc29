import { describe, expect, it } from '@jest/globals'
import { formatConsistencyToken, parseConsistencyToken } from '@paycluster/platform/consistency/consistency-token'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import fc from 'fast-check'
import { mergeTokens } from './merge-tokens.ts'

const ids = new IdCodec('a secret')
const accounts = Array.from({ length: 20 }, (_, number) => ids.derive('acc', 1, String(number)))
const token = fc
  .tuple(
    fc.integer({ min: 1, max: 3 }),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    fc.uniqueArray(fc.tuple(fc.constantFrom(...accounts), fc.nat()), { maxLength: 16, selector: ([id]) => id }),
  )
  .map(([timeline, lsn, versions]) => formatConsistencyToken(timeline, lsn, versions))
const read = (text: string) => {
  const parsed = parseConsistencyToken(text)
  if (parsed === undefined) throw new Error(`the cluster does not take ${text}`)
  return parsed
}

describe('merged tokens', () => {
  it('are a token of the cluster, and no less than either of one timeline', () => {
    fc.assert(
      fc.property(token, token, (older, newer) => {
        const [a, b, merged] = [read(older), read(newer), read(mergeTokens(older, newer))]
        expect(merged.timeline).toBe(Math.max(a.timeline, b.timeline))
        for (const part of [a, b].filter(({ timeline }) => timeline === merged.timeline)) {
          expect(merged.lsn).toBeGreaterThanOrEqual(part.lsn)
          for (const [account, version] of merged.versions)
            expect(version).toBeGreaterThanOrEqual(part.versions.get(account) ?? 0)
        }
        for (const account of b.timeline >= a.timeline ? b.versions.keys() : [])
          expect(merged.versions.has(account)).toBe(true)
        expect(mergeTokens(older, older)).toBe(older)
      }),
    )
  })

  it('leave alone what they cannot read', () => {
    expect(mergeTokens(undefined, '1.1.a')).toBe('1.1.a')
    expect(mergeTokens('1.1.a', '2.something')).toBe('2.something')
    expect(mergeTokens('2.something', '1.1.a')).toBe('1.1.a')
  })
})
