import { describe, expect, it } from '@jest/globals'
import { restartDelayMs } from './restart-policy.ts'

const limits = { maxRestarts: 3, windowMs: 60_000 }

describe('restartDelayMs', () => {
  it('waits longer after each end, up to a cap', () => {
    const many = { maxRestarts: 100, windowMs: 60_000 }
    const delays = [1, 2, 3, 10].map((ends) =>
      restartDelayMs(
        Array.from({ length: ends }, (_, n) => n),
        many,
      ),
    )
    expect(delays).toEqual([100, 200, 400, 5000])
  })

  it('gives up after too many ends within the window', () => {
    expect(restartDelayMs([0, 1, 2], limits)).toBe(400)
    expect(restartDelayMs([0, 1, 2, 3], limits)).toBeUndefined()
  })

  it('forgets what lies before the window', () => {
    expect(restartDelayMs([0, 1, 2, 3, 70_000], limits)).toBe(100)
  })
})
