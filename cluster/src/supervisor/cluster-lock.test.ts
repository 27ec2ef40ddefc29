import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { lockHolder, takeLock } from './cluster-lock.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paycluster-lock-'))
  path = join(folder, 'lock')
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

describe('takeLock', () => {
  it('names its holder until it is released', () => {
    const release = takeLock(path)
    expect(lockHolder(path)).toMatchObject({ pid: process.pid })
    release()
    expect(lockHolder(path)).toBeUndefined()
    expect(readdirSync(folder)).toEqual([])
  })

  it('refuses a second one, with the way out', () => {
    const release = takeLock(path)
    expect(() => takeLock(path)).toThrow(`runs already (pid ${process.pid})`)
    expect(lockHolder(path)).toBeDefined()
    release()
  })

  it.each([
    ['a process that has ended', { pid: 2 ** 22 + 1, started: '1' }],
    ['another process with the same pid', { pid: process.pid, started: 'long ago' }],
  ])('takes over the lock of %s', (_, holder) => {
    writeFileSync(path, JSON.stringify({ ...holder, since: new Date().toISOString() }))
    takeLock(path)()
    expect(readdirSync(folder)).toEqual([])
  })

  it('takes over a lock that cannot be read', () => {
    writeFileSync(path, '{')
    takeLock(path)()
  })
})
