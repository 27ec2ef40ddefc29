import { describe, expect, it } from '@jest/globals'
import type { Act } from '../planning/act.ts'
import { isUnexpected } from '../sending/act-result.ts'
import { RunCounts } from './run-counts.ts'

describe('the counts of a run', () => {
  it('tell the rate of the last five seconds that are over', () => {
    const counts = new RunCounts()
    for (let atMs = 0; atMs < 10_000; atMs += 100) counts.send(atMs)
    expect(counts.recentRate(10_000)).toBe(10)
    for (let atMs = 10_000; atMs < 12_000; atMs += 10) counts.send(atMs)
    expect(counts.recentRate(12_000)).toBe((3 * 10 + 2 * 100) / 5)
    expect(counts.recentRate(14_500)).toBe((10 + 2 * 100 + 2 * 0) / 5)
    expect(counts.recentRate(60_000)).toBe(0)
  })

  it('tell how far behind the plan acts were', () => {
    const counts = new RunCounts()
    for (let lagMs = 1; lagMs <= 100; lagMs += 1) counts.plan(lagMs)
    expect(counts.lagMs).toEqual({ p50: 50, p95: 95, max: 100 })
  })

  it('count acts by kind and outcome, and each payment of a batch', () => {
    const counts = new RunCounts()
    const batch: Act = { number: 1, atMs: 0, kind: 'batch', payments: [] }
    counts.finish(batch, {
      outcome: 'failed',
      code: 'insufficient_funds',
      payments: [
        { id: 'pay_1', outcome: 'done' },
        { id: 'pay_2', outcome: 'failed', code: 'insufficient_funds' },
      ],
    })
    expect(Object.fromEntries(counts.byKind)).toMatchObject({ batch: { failed: 1, done: 0 } })
    expect(counts.payments).toEqual({ done: 1, accepted: 0, failed: 1 })
    expect([counts.unexpected, counts.byCode.get('insufficient_funds')]).toEqual([0, 1])
  })

  it.each([
    [{ outcome: 'failed', code: 'account_blocked' }, false],
    [{ outcome: 'failed', code: 'account_not_found' }, true],
    [{ outcome: 'refused', code: 'validation_failed' }, true],
    [{ outcome: 'refused', code: 'unauthorized' }, true],
    [{ outcome: 'unanswered', code: 'overloaded' }, true],
    [{ outcome: 'skipped', code: 'in_flight' }, false],
  ] as const)('take %o as unexpected: %s', (result, unexpected) => {
    expect(isUnexpected(result)).toBe(unexpected)
  })
})
