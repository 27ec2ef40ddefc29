import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { NewPayment } from './decide-batch.ts'
import { layEntries, netEffects } from './lay-entries.ts'

const moving = (id: string, source: string, destination: string, amount: number): NewPayment =>
  ({
    kind: 'payment',
    failure: null,
    counterparty: 1,
    payment: { type: 'payment', id, source, destination, command: { amount } },
  }) as NewPayment

const payments = fc.array(
  fc
    .record({ from: fc.nat(4), to: fc.nat(4), amount: fc.integer({ min: 1, max: 1000 }) })
    .filter(({ from, to }) => from !== to),
  { minLength: 1, maxLength: 50 },
)

describe('laying entries', () => {
  it('conserves money, leaves no gap, and ends where the update ended', () => {
    fc.assert(
      fc.property(payments, fc.array(fc.nat(1000), { minLength: 5, maxLength: 5 }), (drafts, versions) => {
        const batch = drafts.map(({ from, to, amount }, index) => moving(`p${index}`, `a${from}`, `a${to}`, amount))
        const effects = netEffects(batch)
        expect(effects.reduce((sum, { delta }) => sum + delta, 0)).toBe(0)
        const before = effects.map(({ account }) => ({ posted: 10_000, version: versions[Number(account[1])] ?? 0 }))
        const updated = effects.map(({ delta, entries }, index) => ({
          posted: (before[index]?.posted ?? 0) + delta,
          held: 0,
          version: (before[index]?.version ?? 0) + entries,
          updatedAtMs: 5,
        }))
        const laid = layEntries(batch, effects, updated).flat()
        expect(laid.reduce((sum, { amount }) => sum + amount, 0)).toBe(0)
        effects.forEach(({ account }, index) => {
          let seq = before[index]?.version ?? 0
          let posted = before[index]?.posted ?? 0
          for (const entry of laid.filter((candidate) => candidate.account === account)) {
            seq += 1
            posted += entry.amount
            expect(entry.seq).toBe(seq)
            expect(entry.balanceAfter).toBe(posted)
          }
          expect([seq, posted]).toEqual([updated[index]?.version, updated[index]?.posted])
        })
      }),
    )
  })

  it('locks accounts in one order, whatever the order of the payments', () => {
    const order = netEffects([moving('1', 'c', 'a', 1), moving('2', 'b', 'c', 1)]).map(({ account }) => account)
    expect(order).toEqual(['a', 'b', 'c'])
  })

  it('refuses a net effect that is not exact, so that a smaller batch is tried', () => {
    const most = Number.MAX_SAFE_INTEGER
    expect(() => netEffects([moving('1', 'a', 'b', most), moving('2', 'a', 'b', most)])).toThrow(RangeError)
  })
})
