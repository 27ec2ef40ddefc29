import { describe, expect, it } from '@jest/globals'
import type { Act, Suspicion } from '../planning/act.ts'
import { skipped, type ActResult } from '../sending/act-result.ts'
import { LabelBook } from './label-book.ts'

const suspicion: Suspicion = { label: 'velocity', instance: 'velocity-1-1', accounts: ['acc_1'], acts: 3 }
const payment = (number: number, suspicious?: Suspicion): Act => ({
  number,
  atMs: 0,
  kind: 'payment',
  source: 'acc_1',
  destination: 'acc_2',
  amount: 100,
  ...(suspicious === undefined ? {} : { suspicion: suspicious }),
})
const made = (id: string): ActResult => ({ outcome: 'done', payments: [{ id, outcome: 'done' }] })
const failed = (id: string, code: string): ActResult => ({
  outcome: 'failed',
  code,
  payments: [{ id, outcome: 'failed', code }],
})

function open() {
  const lines: object[] = []
  return { lines, book: new LabelBook((line) => lines.push(line)) }
}

describe('the labels of a run', () => {
  it('have a line for an instance when its last act is over: what was made, and what was planned but refused', () => {
    const { lines, book } = open()
    for (const number of [1, 2, 3]) book.begin(payment(number, suspicion), 1000 + number)
    book.finish(payment(1, suspicion), made('pay_1'), 2000)
    book.finish(payment(2, suspicion), failed('pay_2', 'insufficient_funds'), 2001)
    expect(lines).toEqual([])
    book.finish(payment(3, suspicion), skipped('in_flight'), 2002)
    expect(lines).toEqual([
      {
        label: 'velocity',
        instance: 'velocity-1-1',
        accounts: ['acc_1'],
        payments: ['pay_1'],
        refunds: [],
        refused: [
          { kind: 'payment', outcome: 'failed', code: 'insufficient_funds', payment: 'pay_2' },
          { kind: 'payment', outcome: 'skipped', code: 'in_flight', payment: null },
        ],
        planned: 3,
        begun: 3,
        from: '1970-01-01T00:00:01.001Z',
        to: '1970-01-01T00:00:02.002Z',
      },
    ])
    expect(book.counts).toEqual({ velocity: { instances: 1, payments: 2 } })
  })

  it('end with what was not over, and with the counts of everything else', () => {
    const { lines, book } = open()
    book.begin(payment(1, suspicion), 1000)
    book.finish(payment(1, suspicion), made('pay_1'), 1500)
    book.begin(payment(2), 1000)
    book.finish(payment(2), made('pay_2'), 1500)
    book.finish(payment(3), failed('pay_3', 'account_blocked'), 1500)
    book.finish(payment(4), skipped('in_flight'), 1500)
    book.end()
    expect(lines).toMatchObject([
      { label: 'velocity', payments: ['pay_1'], planned: 3, begun: 1 },
      { label: null, payments: 2, acts: { payment: { done: 1, failed: 1, skipped: 1 } } },
    ])
  })
})
