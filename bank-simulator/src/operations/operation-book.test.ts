import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { JournalRecord } from '../journal/journal-record.ts'
import { OperationBook } from './operation-book.ts'
import { signedAmount, type Operation } from './operation.ts'

const DAYS = ['2026-11-26', '2026-11-27']

const arrival = fc.record({
  type: fc.constantFrom('collection', 'payout', 'card_charge', 'refund'),
  amount: fc.integer({ min: 1, max: 1_000_000 }),
  currency: fc.constantFrom('USD', 'EUR'),
  end: fc.constantFrom('settled', 'declined', 'pending', 'settled later', 'declined later'),
})

/** As a journal has them: every arrival, then the ends of what was pending. */
const journals = fc.array(arrival, { maxLength: 50 }).map((arrivals) => {
  const accepted: JournalRecord[] = arrivals.map(({ type, amount, currency, end }, index) => {
    const status = end === 'settled' || end === 'declined' ? end : 'pending'
    const operation: Operation = {
      id: `id-${index}`,
      idempotency_key: `key-${index}`,
      type,
      status,
      amount,
      currency,
      reference: null,
      created_at: `${DAYS[0]}T12:00:00.000Z`,
      settled_at: status === 'settled' ? `${DAYS[0]}T12:00:00.000Z` : null,
    }
    return { record: 'accepted', operation, fingerprint: 'f' }
  })
  const resolved: JournalRecord[] = arrivals.flatMap(({ end }, index) => {
    if (!end.endsWith('later')) return []
    const at = `${DAYS[1]}T00:00:00.000Z`
    const outcome =
      end === 'settled later' ? { status: 'settled' as const } : { status: 'declined' as const, reason: 'closed' }
    return [{ record: 'resolved', id: `id-${index}`, at, outcome }]
  })
  return [...accepted, ...resolved]
})

function bookOf(records: readonly JournalRecord[]): OperationBook {
  const book = new OperationBook()
  for (const record of records) book.apply(record)
  return book
}
const settledIn = (book: OperationBook) => DAYS.flatMap((day) => book.settledOn(day))

describe('OperationBook', () => {
  it('has balances that its statements sum up to, line by line', () => {
    fc.assert(
      fc.property(journals, (records) => {
        const book = bookOf(records)
        const sums = new Map<string, number>()
        for (const { operation, balanceAfter } of settledIn(book)) {
          const sum = (sums.get(operation.currency) ?? 0) + signedAmount(operation)
          sums.set(operation.currency, sum)
          expect(balanceAfter).toBe(sum)
        }
        expect(new Map(book.balances())).toEqual(sums)
      }),
    )
  })

  it('has every operation once, each with the end that the journal gives it', () => {
    fc.assert(
      fc.property(journals, (records) => {
        const book = bookOf(records)
        const ends = new Map<string, string>()
        for (const record of records) {
          if (record.record === 'accepted') ends.set(record.operation.idempotency_key, record.operation.status)
          else ends.set(record.id.replace('id', 'key'), record.outcome.status)
        }
        for (const [key, status] of ends) expect(book.find(key)?.operation.status).toBe(status)
        expect(book.size).toBe(ends.size)
        expect(book.pending()).toHaveLength([...ends.values()].filter((status) => status === 'pending').length)
        expect(settledIn(book)).toHaveLength([...ends.values()].filter((status) => status === 'settled').length)
      }),
    )
  })

  it('refuses the end of what is not pending', () => {
    const end: JournalRecord = {
      record: 'resolved',
      id: 'x',
      at: `${DAYS[0]}T00:00:00.000Z`,
      outcome: { status: 'settled' },
    }
    expect(() => {
      new OperationBook().apply(end)
    }).toThrow('x is resolved, and is not pending')
  })
})
