import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { JournalRecord } from './journal-record.ts'
import { Journal } from './journal.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bank-journal-'))
  path = join(folder, 'journal.jsonl')
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

const record = (id: string): JournalRecord => ({
  record: 'resolved',
  id,
  at: '2026-11-27T00:00:00.000Z',
  outcome: { status: 'settled' },
})

async function recordsIn(): Promise<JournalRecord[]> {
  const records: JournalRecord[] = []
  const journal = await Journal.open(path, (next) => records.push(next))
  await journal.close()
  return records
}

describe('Journal', () => {
  it('gives back what was added, in order, and for its owner alone', async () => {
    const journal = await Journal.open(path, () => undefined)
    const ids = Array.from({ length: 100 }, (_, index) => `id-${index}`)
    const done: string[] = []
    await Promise.all(ids.map((id) => journal.append(record(id)).then(() => done.push(id))))
    await journal.close()
    expect(done).toEqual(ids)
    expect(await recordsIn()).toEqual(ids.map(record))
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('gives back text of any kind, such as other ends of lines', async () => {
    const texts = ['\u2028', '\u2029', '\n', '\r', '\u0085', '\u{1f3e6}', '"\\']
    const journal = await Journal.open(path, () => undefined)
    await Promise.all(texts.map((text) => journal.append(record(text))))
    await journal.close()
    expect(await recordsIn()).toEqual(texts.map(record))
  })

  it('has a record in the file before it says so', async () => {
    const journal = await Journal.open(path, () => undefined)
    await journal.append(record('first'))
    expect(readFileSync(path, 'utf8')).toBe(`${JSON.stringify(record('first'))}\n`)
    await journal.close()
  })

  it.each(['{"record":"resol', JSON.stringify(record('torn')), 'x'.repeat(100)])(
    'cuts off a last line without an end: %s',
    async (torn) => {
      const lines = `${JSON.stringify(record('whole'))}\n`
      appendFileSync(path, lines + torn)
      expect(await recordsIn()).toEqual([record('whole')])
      expect(readFileSync(path, 'utf8')).toBe(lines)
    },
  )

  it('cuts off a torn first line', async () => {
    appendFileSync(path, '{"rec')
    expect(await recordsIn()).toEqual([])
    expect(statSync(path).size).toBe(0)
  })

  it.each(['not JSON', '{"record":"resolved"}', ''])('names a line that is no record: %j', async (line) => {
    appendFileSync(path, `${JSON.stringify(record('good'))}\n${line}\n${JSON.stringify(record('good'))}\n`)
    await expect(recordsIn()).rejects.toThrow(`${path}:2 is no record`)
  })

  it('takes nothing more once a record could not be written', async () => {
    const journal = await Journal.open(path, () => undefined)
    await journal.close()
    await expect(journal.append(record('late'))).rejects.toMatchObject({ code: 'journal_failed' })
    await expect(journal.append(record('later'))).rejects.toMatchObject({ code: 'journal_failed' })
  })
})
