import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { AdaptiveLinger } from './linger.ts'

/** Plays a steady load: `everyMs` between messages, `size` of them a batch. Returns the time of the last one. */
function play(linger: AdaptiveLinger, messages: number, everyMs: number, size: number): number {
  for (let index = 1; index <= messages; index++) {
    linger.arrived(index * everyMs)
    if (index % size === 0) linger.sent(size)
  }
  return messages * everyMs
}

describe('the adaptive linger', () => {
  it('is zero for a message that comes alone', () => {
    const linger = new AdaptiveLinger(10)
    linger.arrived(1000)
    expect(linger.ms(1000)).toBe(0)
  })

  it('is zero for one client that waits for each answer: its batches gather nobody', () => {
    const linger = new AdaptiveLinger(10)
    expect(linger.ms(play(linger, 1000, 2, 1))).toBe(0)
  })

  it('is the longest under load, and zero again after a pause', () => {
    const linger = new AdaptiveLinger(10)
    const endMs = play(linger, 1000, 1, 8)
    expect(linger.ms(endMs)).toBe(10)
    linger.arrived(endMs + 1000)
    expect(linger.ms(endMs + 1000)).toBe(0)
  })

  it('counts messages that arrive together as if each were told', () => {
    const [together, oneByOne] = [new AdaptiveLinger(10), new AdaptiveLinger(10)]
    for (const nowMs of [1000, 1010]) {
      together.arrived(nowMs, 20)
      for (let message = 0; message < 20; message++) oneByOne.arrived(nowMs)
      for (const linger of [together, oneByOne]) linger.sent(20)
    }
    expect(together.ms(1015)).toBeGreaterThan(0)
    expect(together.ms(1015)).toBeCloseTo(oneByOne.ms(1015), 9)
    expect(together.dueMs(1015, 1012)).toBeCloseTo(oneByOne.dueMs(1015, 1012), 9)
  })

  it('ends early when a burst has ended', () => {
    const linger = new AdaptiveLinger(10)
    const endMs = play(linger, 1000, 0.1, 64)
    expect(linger.dueMs(endMs, endMs - 1) - endMs).toBe(2)
    linger.arrived(endMs + 1)
    expect(linger.dueMs(endMs + 1, endMs - 1) - endMs).toBe(3)
    expect(linger.dueMs(endMs + 1, endMs - 10)).toBe(endMs)
  })

  it('waits three mean gaps when messages are rare', () => {
    const linger = new AdaptiveLinger(10)
    const endMs = play(linger, 1000, 2, 6)
    expect(linger.dueMs(endMs, endMs) - endMs).toBeCloseTo(6, 0)
  })

  it('never leaves its bounds', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ afterMs: fc.nat(500), size: fc.integer({ min: 1, max: 500 }) }), { maxLength: 50 }),
        (steps) => {
          const linger = new AdaptiveLinger(10)
          let nowMs = 0
          for (const step of steps) {
            nowMs += step.afterMs
            linger.arrived(nowMs)
            linger.sent(step.size)
            expect(linger.ms(nowMs)).toBeGreaterThanOrEqual(0)
            expect(linger.ms(nowMs)).toBeLessThanOrEqual(10)
          }
        },
      ),
    )
  })
})
