import { describe, expect, it } from '@jest/globals'
import { toRetryAfterMs } from './retry-after.ts'

describe('Retry-After', () => {
  it('is seconds or a date', () => {
    const now = Date.parse('2026-11-27T09:00:00Z')
    expect(toRetryAfterMs('120', now)).toBe(120_000)
    expect(toRetryAfterMs('Fri, 27 Nov 2026 09:00:30 GMT', now)).toBe(30_000)
    expect(toRetryAfterMs('Fri, 27 Nov 2026 08:00:00 GMT', now)).toBe(0)
    expect(toRetryAfterMs('soon', now)).toBeUndefined()
  })
})
