import { describe, expect, it } from '@jest/globals'
import { demandIdempotencyKey, readIdempotencyKey } from './idempotency-key.ts'

describe('Idempotency-Key', () => {
  it('is 1 to 255 visible ASCII characters', () => {
    expect(readIdempotencyKey(undefined)).toBeUndefined()
    for (const key of ['a', '!~', '"quoted"', 'x'.repeat(255)]) expect(readIdempotencyKey(key)).toBe(key)
    for (const key of ['', 'a b', 'a, a', 'é', 'a\u0007', 'x'.repeat(256), ['a', 'b']])
      expect(() => readIdempotencyKey(key)).toThrow(expect.objectContaining({ code: 'idempotency_key_invalid' }))
  })

  it('is demanded where money moves', () => {
    expect(demandIdempotencyKey('a')).toBe('a')
    expect(() => demandIdempotencyKey(undefined)).toThrow(expect.objectContaining({ code: 'idempotency_key_missing' }))
  })
})
