import { createSecretKey, randomBytes } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { deriveApiKey, formatApiKey, generateSecret, hashSecret, parseApiKey } from './api-key-text.ts'

describe('an API key', () => {
  it('comes back from its text', () => {
    for (let n = 0; n < 100; n++) {
      const key = { id: `k${n}`, secret: generateSecret() }
      expect(parseApiKey(formatApiKey(key))).toEqual(key)
    }
  })

  it('never repeats, and its hash has the length that the ledger demands', () => {
    const secrets = Array.from({ length: 1000 }, generateSecret)
    expect(new Set(secrets).size).toBe(1000)
    expect(hashSecret(secrets[0] ?? '')).toHaveLength(32)
  })

  it('is none when it is any other text', () => {
    fc.assert(fc.property(fc.string(), (text) => parseApiKey(text) === undefined))
    const secret = '0'.repeat(26)
    for (const text of ['sk_test__' + secret, 'sk_live_a_' + secret, `sk_test_a_${secret}!`, 'sk_test_a_short'])
      expect(parseApiKey(text)).toBeUndefined()
  })
})

describe('a derived key', () => {
  it('is the same for the same seed and id, and another for another', () => {
    const [seed, other] = [createSecretKey(randomBytes(32)), createSecretKey(randomBytes(32))]
    expect(deriveApiKey(seed, 'demo')).toEqual(deriveApiKey(seed, 'demo'))
    expect(deriveApiKey(seed, 'demo').secret).not.toBe(deriveApiKey(seed, 'demoops').secret)
    expect(deriveApiKey(seed, 'demo').secret).not.toBe(deriveApiKey(other, 'demo').secret)
    expect(parseApiKey(formatApiKey(deriveApiKey(seed, 'demo')))?.id).toBe('demo')
  })
})
