import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import { toStatementPage, type PageRow } from './statement-page.ts'

const ids = new IdCodec('a secret for tests, of 32 letters or more')

/** What read-page.sql does, over amounts by sequence from 1. */
function readPage(amounts: readonly number[], before: number, least: number, sign: number, scanned: number): PageRow[] {
  const reach = amounts
    .map((amount, index) => ({ seq: index + 1, amount }))
    .filter(({ seq }) => seq < before && seq >= least)
    .reverse()
    .slice(0, scanned)
  const balance = { client_id: 1, currency: 'USD', posted: 0, held: 0, version: amounts.length, lsn: '0/1' }
  const after = { balance_after: 0, entry_held: null, held_after: null }
  const entry = { payment_id: '0'.repeat(32), payment_client_id: 1, kind: 'payment' as const, ...after }
  const rows = reach
    .map(({ seq, amount }, index) => ({ ...balance, ...entry, ord: index + 1, seq, amount, created_at: '' }))
    .filter((row) => sign === 0 || Math.sign(row.amount) === sign || row.ord === scanned)
  return rows.length > 0 ? rows : [{ ...balance, ...entry, ord: null, seq: 0, amount: 0, created_at: '' }]
}

describe('the pages of a statement', () => {
  it('show every entry of the direction once, newest first, however far a page may look', () => {
    // 0 is what a hold moves.
    const amounts = fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 60 })
    const sizes = fc.record({
      limit: fc.integer({ min: 1, max: 10 }),
      extra: fc.nat(10),
      sign: fc.constantFrom(-1, 0, 1),
    })
    fc.assert(
      fc.property(amounts, fc.integer({ min: 1, max: 5 }), sizes, (all, least, { limit, extra, sign }) => {
        const scanned = sign === 0 ? limit : limit + extra
        const shown: number[] = []
        let before: number | undefined = Number.MAX_SAFE_INTEGER
        for (let pages = 0; before !== undefined; pages++) {
          expect(pages).toBeLessThan(100)
          const rows = readPage(all, before, least, sign, scanned)
          const page = toStatementPage(ids, rows, { sign, limit, scanned, least })
          expect(page.entries.length).toBeLessThanOrEqual(limit)
          shown.push(...page.entries.map((entry) => entry.seq))
          before = page.nextSeq
        }
        const expected = all
          .map((amount, index) => ({ amount, seq: index + 1 }))
          .filter(({ amount, seq }) => seq >= least && (sign === 0 || Math.sign(amount) === sign))
          .map(({ seq }) => seq)
          .reverse()
        expect(shown).toEqual(expected)
      }),
    )
  })
})
