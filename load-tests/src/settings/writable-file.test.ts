import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { writableFile } from './writable-file.ts'

describe('a file to be written', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'paycluster-file-'))
    writeFileSync(join(folder, 'old.json'), '{}')
  })
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true })
  })

  it('may be new, or one to be replaced, and is not touched yet', () => {
    expect(writableFile(join(folder, 'new.json'))).toBe(join(folder, 'new.json'))
    expect(writableFile(join(folder, 'old.json'))).toBe(join(folder, 'old.json'))
    expect(readdirSync(folder)).toEqual(['old.json'])
  })

  it('is refused where it cannot be', () => {
    expect(() => writableFile(join(folder, 'none', 'new.json'))).toThrow(`there is no folder ${join(folder, 'none')}`)
    expect(() => writableFile(folder)).toThrow('not a file')
    expect(() => writableFile('')).toThrow('not a file')
  })
})
