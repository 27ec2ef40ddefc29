import { describe, expect, it } from '@jest/globals'
import type { Entry } from '@paycluster/contracts'
import { firstEntries, joinEntries } from './newest-entries.ts'

const entry = (seq: number): Entry => ({
  seq,
  payment_id: 'pay_',
  kind: 'payment',
  amount: -seq,
  balance_after: 0,
  created_at: '2026-01-01T00:00:00.000Z',
})
const parse = (joined: string): number[] => (JSON.parse(`[${joined}]`) as Entry[]).map(({ seq }) => seq)

describe('joined entries', () => {
  it('are the inside of a JSON array, and are cut by text alone', () => {
    const joined = joinEntries([3, 2, 1].map(entry))
    expect(JSON.parse(`[${joined}]`)).toEqual([3, 2, 1].map(entry))
    for (const count of [1, 2, 3, 4, 20]) expect(parse(firstEntries(joined, count))).toEqual([3, 2, 1].slice(0, count))
  })

  it('may be none', () => {
    expect(joinEntries([])).toBe('')
    expect(firstEntries('', 20)).toBe('')
  })
})
