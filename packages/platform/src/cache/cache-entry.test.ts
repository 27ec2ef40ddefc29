import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { decodeCacheEntry, encodeCacheEntry } from './cache-entry.ts'
import { UnwrittenEntries } from './unwritten-entries.ts'

const entries = fc.record({
  key: fc.string(),
  version: fc.nat(Number.MAX_SAFE_INTEGER),
  timeline: fc.integer({ min: 1, max: 2 ** 31 }),
  lsn: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
  asOfMs: fc.nat(Number.MAX_SAFE_INTEGER),
  owners: fc.array(fc.integer({ min: 1, max: 2 ** 31 }), { maxLength: 2 }),
  token: fc.stringMatching(/^[0-9a-z.:]*$/),
  json: fc.json(),
})

describe('a cache entry', () => {
  it('comes back as it was written, its JSON untouched', () => {
    fc.assert(
      fc.property(entries, (entry) => {
        expect(decodeCacheEntry(entry.key, encodeCacheEntry(entry))).toEqual(entry)
      }),
    )
  })

  it('is none when something else wrote the value', () => {
    fc.assert(fc.property(fc.string(), (text) => decodeCacheEntry('bal:x', `x${text}`) === undefined))
    for (const value of ['', '\n', '1|1|0|0||', '{"version":1}', '1|1|g|0||t\n{}'])
      expect(decodeCacheEntry('bal:x', value)).toBeUndefined()
  })
})

describe('entries that Redis did not take', () => {
  const entry = { key: 'bal:x', version: 2, timeline: 1, lsn: 1n, asOfMs: 1, owners: [1], token: '', json: '{}' }

  it('are kept once a key, in their newest version', () => {
    const unwritten = new UnwrittenEntries()
    unwritten.add([entry, { ...entry, version: 1 }, { ...entry, key: 'bal:y' }])
    expect(unwritten.take(10)).toEqual([entry, { ...entry, key: 'bal:y' }])
    expect(unwritten.size).toBe(0)
    unwritten.add([
      { ...entry, version: 9 },
      { ...entry, timeline: 2 },
    ])
    expect(unwritten.take(1)).toEqual([{ ...entry, timeline: 2 }])
  })

  it('are bounded, the oldest go', () => {
    const unwritten = new UnwrittenEntries()
    unwritten.add(Array.from({ length: 20_001 }, (_, index) => ({ ...entry, key: `bal:${index}` })))
    expect(unwritten.size).toBe(20_000)
    expect(unwritten.take(1)[0]?.key).toBe('bal:1')
  })
})
