import { describe, expect, it } from '@jest/globals'
import { openFiles } from './limits.ts'

describe('doctor, on open files', () => {
  it('says when they are too few for 3000 clients, and how to raise them', () => {
    expect(openFiles(4096)).toEqual({
      what: 'open files',
      level: 'warning',
      detail: 'at most 4096 a process: too few for 3000 clients',
      remedy: 'ulimit -Hn 12000 as root, then start anew',
    })
    expect(openFiles(11_999).level).toBe('warning')
  })

  it('is content with enough', () => {
    expect(openFiles(12_000)).toEqual({ what: 'open files', level: 'ok', detail: 'at most 12000 a process' })
    expect(openFiles(Infinity)).toEqual({ what: 'open files', level: 'ok', detail: 'no limit' })
  })
})
