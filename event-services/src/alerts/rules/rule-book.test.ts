import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals'
import { SettingsError } from '@paycluster/platform/config'
import { createLogger } from '@paycluster/platform/logging'
import { RuleBook } from './rule-book.ts'

const folder = mkdtempSync(join(tmpdir(), 'rules-'))
const file = join(folder, 'rules.yaml')
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const rulesOf = (name: string): string =>
  `rules: [{ name: ${name}, severity: info, summary: x, metric: { name: dead_letters, above: 0 }, escalation: [{ notify: [log] }] }]\n`
const open = (): RuleBook => new RuleBook({ file, clock: { now: () => 5 }, logger: createLogger('test', 'fatal') })
const namesOf = (book: RuleBook): string[] => book.current.rules.map(({ name }) => name)

beforeEach(() => {
  writeFileSync(file, rulesOf('first'))
})

describe('the rules in force', () => {
  it('are another file’s once that has changed, under another version', () => {
    const book = open()
    const { version } = book.current
    writeFileSync(file, rulesOf('second'))
    book.look()
    expect(namesOf(book)).toEqual(['second'])
    expect(book.current.version).not.toBe(version)
    writeFileSync(file, rulesOf('first'))
    book.look()
    expect(book.current.version).toBe(version)
  })

  it('stay as they are when the file is wrong or gone, which is shown until it is mended', () => {
    const book = open()
    const { current } = book
    writeFileSync(file, rulesOf('Second'))
    book.look()
    expect(book.current).toBe(current)
    expect(book.refused).toMatchObject({ atMs: 5, faults: [{ line: 1, column: 17, field: 'rules[0].name' }] })
    rmSync(file)
    book.look()
    expect(book.refused).toMatchObject({ version: null, faults: [{ detail: expect.stringContaining('ENOENT') }] })
    writeFileSync(file, rulesOf('first'))
    book.look()
    expect([book.refused, book.current]).toEqual([undefined, current])
  })

  it('are there at the start, or nothing starts', () => {
    writeFileSync(file, 'rules:\n  - name: UP\n')
    expect(open).toThrow(SettingsError)
    expect(open).toThrow(`unusable alert rules: ${file}:2:11 rules[0].name: `)
  })
})
