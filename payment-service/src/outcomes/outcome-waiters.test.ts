import { describe, expect, it } from '@jest/globals'
import type { Outcome } from '@paycluster/contracts'
import { OutcomeWaiters } from './outcome-waiters.ts'

const outcome = (id: string): Outcome => ({ id, object: {}, token: 't', fingerprint: '' })

describe('those who wait for outcomes', () => {
  it('get the outcome of their own id, all of them', async () => {
    const waiters = new OutcomeWaiters(10)
    const [first, second, other] = ['a', 'a', 'b'].map((id) => waiters.open(id))
    waiters.deliver(outcome('a'))
    expect(await Promise.all([first?.outcome(1000), second?.outcome(1000)])).toEqual([outcome('a'), outcome('a')])
    expect(await other?.outcome(5)).toBeUndefined()
  })

  it('get it also when it came before they began to wait', async () => {
    const waiters = new OutcomeWaiters(10)
    const waiter = waiters.open('a')
    waiters.deliver(outcome('a'))
    expect(await waiter?.outcome(0)).toEqual(outcome('a'))
  })

  it('are bounded, and leave room when they go', () => {
    const waiters = new OutcomeWaiters(2)
    const first = waiters.open('a')
    waiters.open('a')
    expect(waiters.open('b')).toBeUndefined()
    first?.close()
    first?.close()
    expect(waiters.size).toBe(1)
    expect(waiters.open('b')).toBeDefined()
  })

  it('are not disturbed by outcomes that nobody waits for', () => {
    expect(() => {
      new OutcomeWaiters(1).deliver(outcome('a'))
    }).not.toThrow()
  })
})
