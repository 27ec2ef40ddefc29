import { describe, expect, it } from '@jest/globals'
import { collectorSettings, parseMaxOpenFiles } from './limits.ts'

describe('the limits of the load generator', () => {
  it('are those that the kernel allows at most', () => {
    const limits =
      'Limit  Soft Limit  Hard Limit  Units\nMax open files            1024                 524288               files\n'
    expect(parseMaxOpenFiles(limits)).toBe(524_288)
    expect(parseMaxOpenFiles('Max open files 1024 unlimited files')).toBe(Infinity)
    expect(parseMaxOpenFiles('')).toBe(Infinity)
  })

  it('let Go collect as the warm-up ends, within the memory that is there', () => {
    const peak = { users: 3000, before: 232_500, measured: 180_000 }
    const gib = 1024 ** 3
    expect(collectorSettings(peak, 24 * gib)).toEqual({ GOGC: 'off', GOMEMLIMIT: '6409MiB' })
    expect(collectorSettings(peak, 10 * gib)).toEqual({ GOGC: 'off', GOMEMLIMIT: '6144MiB' })
    expect(collectorSettings({ users: 1, before: 70, measured: 60 }, 10 * gib).GOMEMLIMIT).toBe('512MiB')
  })

  it('let Go collect after the end, where the measured time has more requests than all before it', () => {
    const spike = { users: 3000, before: 6_500, measured: 200_000 }
    expect(collectorSettings(spike, 64 * 1024 ** 3).GOMEMLIMIT).toBe('6976MiB')
  })
})
