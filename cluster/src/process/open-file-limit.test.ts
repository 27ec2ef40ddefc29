import { describe, expect, it } from '@jest/globals'
import { hardOpenFileLimit, parseHardOpenFileLimit } from './open-file-limit.ts'

describe('the limit of open files', () => {
  it('is the one that the kernel allows at most', () => {
    const limits =
      'Limit  Soft Limit  Hard Limit  Units\nMax open files            1024                 524288               files\n'
    expect(parseHardOpenFileLimit(limits)).toBe(524_288)
    expect(parseHardOpenFileLimit('Max open files 1024 unlimited files')).toBe(Infinity)
    expect(parseHardOpenFileLimit('')).toBe(Infinity)
    expect(hardOpenFileLimit()).toBeGreaterThan(0)
  })
})
