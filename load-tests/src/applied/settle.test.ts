import { describe as suite, expect, it } from '@jest/globals'
import type { FinalPayment, PaymentLookup } from './payment-lookup.ts'
import { describe, settle } from './settle.ts'

const payment = (id: string, createdAtMs: number, postedAtMs: number, failure: string | null = null): FinalPayment => ({
  id,
  status: failure === null ? 'succeeded' : 'failed',
  failure,
  createdAtMs,
  postedAtMs,
})

suite('what became of the accepted payments', () => {
  const accepted = [
    { id: 'warm', acceptedAtMs: 500 },
    { id: 'a', acceptedAtMs: 1100 },
    { id: 'b', acceptedAtMs: 1900 },
  ]
  const final = new Map([
    ['warm', payment('warm', 490, 540)],
    ['a', payment('a', 1095, 1145, 'insufficient_funds')],
    ['b', payment('b', 1890, 2200)],
  ])

  it('is counted, and timed for those of the window alone', () => {
    expect(describe(accepted, final, [], 'ledger', { fromMs: 1000, toMs: 2000 })).toEqual({
      source: 'ledger',
      accepted: 3,
      succeeded: 2,
      failed: { insufficient_funds: 1 },
      unsettled: [],
      drainS: 0.3,
      posted: { count: 2, p50: 180, p95: 297, p99: expect.closeTo(307.4), max: 310 },
      committedPerS: 1,
    })
  })

  it('has no drain time while something is not final', () => {
    expect(describe(accepted, new Map(), ['a'], 'ledger', { fromMs: 0, toMs: 1 }).drainS).toBeUndefined()
  })

  it('is waited for, also while nobody answers', async () => {
    let asked = 0
    const lookup: PaymentLookup = {
      source: 'API',
      chunk: 2,
      find: (ids) => {
        if (asked++ === 2) return Promise.reject(new Error('the primary is away'))
        return Promise.resolve(asked < 4 ? [] : ids.flatMap((id) => final.get(id) ?? []))
      },
      close: () => Promise.resolve(),
    }
    const settlement = await settle(accepted, lookup, { fromMs: 0, toMs: 3000 })
    expect(settlement.unsettled).toEqual([])
    expect(asked).toBeGreaterThan(2)
  })
})
