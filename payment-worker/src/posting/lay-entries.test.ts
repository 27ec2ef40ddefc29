import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { NewPayment } from './decisions.ts'
import { layEntries, netEffects } from './lay-entries.ts'
import type { Leg } from './leg.ts'

const leg = (account: string, amount: number, held: number): Leg => ({
  account,
  kind: 'payment',
  amount,
  held,
  payment: 'p',
  paymentId: 'pay_p',
  client: 1,
})

/** What is held on the source besides is arbitrary: only its sum counts here. */
const moving = (source: string, destination: string, amount: number, held = 0): NewPayment =>
  ({ kind: 'payment', legs: [leg(source, -amount, held), leg(destination, amount, 0)] }) as unknown as NewPayment

const payments = fc.array(
  fc
    .record({
      from: fc.nat(4),
      to: fc.nat(4),
      amount: fc.integer({ min: 1, max: 1000 }),
      held: fc.integer({ min: -10, max: 10 }),
    })
    .filter(({ from, to }) => from !== to),
  { minLength: 1, maxLength: 50 },
)

describe('laying entries', () => {
  it('conserves money, leaves no gap, and ends where the update ended', () => {
    fc.assert(
      fc.property(payments, fc.array(fc.nat(1000), { minLength: 5, maxLength: 5 }), (drafts, versions) => {
        const batch = drafts.map(({ from, to, amount, held }) => moving(`a${from}`, `a${to}`, amount, held))
        const effects = netEffects(batch)
        expect(effects.reduce((sum, { delta }) => sum + delta, 0)).toBe(0)
        const before = effects.map(({ account }) => ({ posted: 10_000, version: versions[Number(account[1])] ?? 0 }))
        const updated = effects.map(({ delta, held, entries }, index) => ({
          posted: (before[index]?.posted ?? 0) + delta,
          held: 500 + held,
          version: (before[index]?.version ?? 0) + entries,
          updatedAtMs: 5,
        }))
        const laid = [...layEntries(batch, effects, updated).values()].flat()
        expect(laid.reduce((sum, entry) => sum + entry.leg.amount, 0)).toBe(0)
        effects.forEach(({ account }, index) => {
          let seq = before[index]?.version ?? 0
          let posted = before[index]?.posted ?? 0
          let held = 500
          for (const entry of laid.filter((candidate) => candidate.leg.account === account)) {
            seq += 1
            posted += entry.leg.amount
            held += entry.leg.held
            expect(entry.seq).toBe(seq)
            expect(entry.balanceAfter).toBe(posted)
            expect(entry.heldAfter).toBe(held)
          }
          expect([seq, posted, held]).toEqual([updated[index]?.version, updated[index]?.posted, updated[index]?.held])
        })
      }),
    )
  })

  it('locks accounts in one order, whatever the order of the payments', () => {
    const order = netEffects([moving('c', 'a', 1), moving('b', 'c', 1)]).map(({ account }) => account)
    expect(order).toEqual(['a', 'b', 'c'])
  })

  it('refuses a net effect that is not exact, so that a smaller batch is tried', () => {
    const most = Number.MAX_SAFE_INTEGER
    expect(() => netEffects([moving('a', 'b', most), moving('a', 'b', most)])).toThrow(RangeError)
  })
})
