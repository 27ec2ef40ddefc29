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

  it('keep Go’s collector quiet within the memory that is there', () => {
    expect(collectorSettings(10 * 1024 ** 3)).toEqual({ GOGC: 'off', GOMEMLIMIT: '6144MiB' })
  })
})
