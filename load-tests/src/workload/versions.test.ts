import { describe, expect, it } from '@jest/globals'
import { formatConsistencyToken } from '@paycluster/platform/consistency/consistency-token'
import { versionInToken, versionOfEtag } from './versions.ts'

describe('the version in an entity tag', () => {
  it.each([
    ['"42"', 42],
    ['"0"', 0],
    [undefined, undefined],
    ['""', undefined],
    ['"a3f"', undefined],
  ])('of %s is %s', (etag, version) => {
    expect(versionOfEtag(etag)).toBe(version)
  })
})

describe('the version in a consistency token', () => {
  const one = 'acc_0123456789abcdefghjkmnpqrs000000111111'
  const other = 'acc_7zyxwvtsrqpnmkjhgfedcba987000000111111'
  const token = formatConsistencyToken(1, 0xabcn, [
    [one, 1234],
    [other, 5],
  ])

  it('is read for each account that the token names', () => {
    expect(versionInToken(token, one)).toBe(1234)
    expect(versionInToken(token, other)).toBe(5)
  })

  it('is undefined for others', () => {
    expect(versionInToken(formatConsistencyToken(1, 1n, []), one)).toBeUndefined()
  })
})
