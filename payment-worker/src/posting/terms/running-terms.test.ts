import { describe, expect, it } from '@jest/globals'
import { RunningTerms } from './running-terms.ts'
import type { ClientLimitState, ClientTermsState } from './term-state.ts'

const TODAY = '2026-11-27'
const CLIENT = 7

const limit = (more: Partial<ClientLimitState>): ClientLimitState => ({
  paymentLimit: null,
  dailyLimit: null,
  spentOn: null,
  spent: 0,
  ...more,
})
const termsWith = (usd: Partial<ClientLimitState>, more: Partial<ClientTermsState> = {}): RunningTerms =>
  new RunningTerms(
    new Map([
      [
        CLIENT,
        {
          revision: 1,
          commissions: { deposit: 0, withdrawal: 150, card: null },
          limits: new Map([['USD', limit(usd)]]),
          ...more,
        },
      ],
    ]),
    TODAY,
  )

describe('the terms of a client', () => {
  it('bound one payment', () => {
    const terms = termsWith({ paymentLimit: 100 })
    expect([100, 101].map((amount) => terms.isAboveLimit(CLIENT, 'USD', amount))).toEqual([false, true])
  })

  it('bound a day, with what was spent on it before and in this batch', () => {
    const terms = termsWith({ dailyLimit: 100, spentOn: TODAY, spent: 60 })
    terms.spend(CLIENT, 'USD', 30)
    expect([10, 11].map((amount) => terms.isAboveLimit(CLIENT, 'USD', amount))).toEqual([false, true])
  })

  it('begin anew with each day', () => {
    const terms = termsWith({ dailyLimit: 100, spentOn: '2026-11-26', spent: 100 })
    expect(terms.isAboveLimit(CLIENT, 'USD', 100)).toBe(false)
  })

  it('give back what an atomic batch that fails has spent, and nothing else', () => {
    const terms = termsWith({ dailyLimit: 100 })
    terms.spend(CLIENT, 'USD', 40)
    const takeBack = terms.remember()
    terms.spend(CLIENT, 'USD', 60)
    expect(terms.isAboveLimit(CLIENT, 'USD', 1)).toBe(true)
    takeBack()
    expect([60, 61].map((amount) => terms.isAboveLimit(CLIENT, 'USD', amount))).toEqual([false, true])
  })

  it('leave other clients and other currencies alone', () => {
    const terms = termsWith({ paymentLimit: 0, dailyLimit: 0 })
    expect(terms.isAboveLimit(8, 'USD', 1)).toBe(false)
    expect(terms.isAboveLimit(CLIENT, 'EUR', 1)).toBe(false)
    terms.spend(CLIENT, 'EUR', 1)
    expect(terms.isAboveLimit(CLIENT, 'EUR', 1)).toBe(false)
  })

  it('say what a rail costs: nothing as well, and nothing at all', () => {
    const terms = termsWith({})
    expect((['deposit', 'withdrawal', 'card'] as const).map((rail) => terms.commissionBps(CLIENT, rail))).toEqual([
      0,
      150,
      undefined,
    ])
    expect(terms.commissionBps(8, 'deposit')).toBeUndefined()
  })
})
