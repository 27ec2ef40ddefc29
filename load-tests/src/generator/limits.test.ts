import { describe, expect, it } from '@jest/globals'
import { collectorSettings } from './limits.ts'

describe('the limits of the load generator', () => {
  it('let Go keep all the garbage of a run, within the memory that is there', () => {
    const peak = { users: 3000, requests: 412_500 }
    const gib = 1024 ** 3
    expect(collectorSettings(peak, 24 * gib)).toEqual({ GOGC: 'off', GOMEMLIMIT: '10610MiB' })
    expect(collectorSettings(peak, 10 * gib)).toEqual({ GOGC: 'off', GOMEMLIMIT: '6144MiB' })
    expect(collectorSettings({ users: 1, requests: 130 }, 10 * gib).GOMEMLIMIT).toBe('512MiB')
  })
})
