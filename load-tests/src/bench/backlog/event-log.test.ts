import { describe, expect, it } from '@jest/globals'
import type { BacklogCounts } from './backlog-commands.ts'
import { EventTally } from './event-log.ts'

const counts: BacklogCounts = { payments: 3, succeeded: 2, declined: 1, repeated: 0, messages: 3, paidMinor: 2 }
const event = (payment: string, type = 'payment.succeeded') => JSON.stringify({ id: `${payment}.1`, type, data: {} })
const wrongAfter = (...events: readonly string[]) => {
  const tally = new EventTally(['pay_1', 'pay_2', 'pay_3'])
  for (const text of events) tally.add(text)
  return tally.compare(counts).flatMap(({ what, expected, found }) => (expected === found ? [] : [what]))
}

describe('the events of a backlog', () => {
  const [first, second, third] = [event('pay_1'), event('pay_2'), event('pay_3', 'payment.failed')]

  it('are exact when each payment has one', () => {
    expect(wrongAfter(second, third, first)).toEqual([])
  })

  it.each([
    ['one is missing', [first, third]],
    ['one comes twice', [first, first, second, third]],
    ['one comes twice in the place of another', [first, first, third]],
  ])('are not when %s', (_, events) => {
    expect(wrongAfter(...events)).toContain('payments with exactly one event')
  })

  it('are not when one says another outcome, or is of none of the payments', () => {
    expect(wrongAfter(first, second, event('pay_3'))).toEqual([
      'events of payment.succeeded',
      'events of payment.failed',
    ])
    expect(wrongAfter(first, second, third, event('pay_4'))).toEqual(['events of anything else'])
  })

  it('are refused when they are no events', () => {
    expect(() => {
      new EventTally([]).add('{}')
    }).toThrow()
  })
})
