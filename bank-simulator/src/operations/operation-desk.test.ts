import { describe, expect, it } from '@jest/globals'
import type { JournalRecord } from '../journal/journal-record.ts'
import { OperationBook } from './operation-book.ts'
import { OperationDesk, type OperationEnd } from './operation-desk.ts'
import type { AskedOperation, Decision } from './operation.ts'

const asked = (idempotencyKey: string): AskedOperation => ({
  type: 'collection',
  amount: 100,
  currency: 'USD',
  reference: null,
  idempotencyKey,
  fingerprint: 'f',
})
const settles = (): Decision => ({ verdict: { outcome: { status: 'settled' } } })

/** A desk whose journal writes when it is told to. */
function openDesk(maxOperations = 10) {
  const book = new OperationBook()
  const ends: OperationEnd[] = []
  const failures: unknown[] = []
  const written: JournalRecord[] = []
  let disk = Promise.withResolvers<undefined>()
  const desk = new OperationDesk({
    book,
    journal: {
      append: (record) =>
        disk.promise.then(() => {
          written.push(record)
        }),
    },
    clock: { now: () => Date.UTC(2026, 10, 27) },
    maxOperations,
    onEnd: (end) => ends.push(end),
    onFailure: (error) => failures.push(error),
  })
  return {
    desk,
    book,
    ends,
    failures,
    written,
    disk: {
      answer: () => {
        disk.resolve(undefined)
        disk = Promise.withResolvers()
      },
      fail: (error: Error) => {
        disk.reject(error)
      },
    },
  }
}

describe('OperationDesk', () => {
  it('tells nobody of an operation before it is on the disk', async () => {
    const { desk, book, ends, disk } = openDesk()
    const taken = desk.take(asked('k'), settles)
    const found = desk.find('k')
    expect(book.find('k')).toBeUndefined()
    expect(ends).toEqual([])
    disk.answer()
    expect(await taken).toMatchObject({ status: 'settled', settled_at: '2026-11-27T00:00:00.000Z' })
    expect(await found).toEqual(await taken)
    expect(ends).toEqual([{ operation: await taken, at: '2026-11-27T00:00:00.000Z', wasPending: false }])
  })

  it('writes one record for a key that comes twice at once, and refuses another body meanwhile', async () => {
    const { desk, written, disk } = openDesk()
    const both = [desk.take(asked('k'), settles), desk.take(asked('k'), settles)]
    await expect(desk.take({ ...asked('k'), fingerprint: 'g' }, settles)).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    })
    disk.answer()
    const [first, second] = await Promise.all(both)
    expect(second).toEqual(first)
    expect(written).toHaveLength(1)
  })

  it('counts what is being written against its bound', async () => {
    const { desk, disk } = openDesk(1)
    const first = desk.take(asked('a'), settles)
    await expect(desk.take(asked('b'), settles)).rejects.toMatchObject({ code: 'capacity_reached', status: 503 })
    disk.answer()
    await first
    expect(await desk.take(asked('a'), settles)).toEqual(await first)
  })

  it('has nothing of an operation that could not be written, and says that it must stop', async () => {
    const { desk, book, ends, failures, disk } = openDesk()
    const taken = desk.take(asked('k'), settles)
    const full = new Error('no space left')
    disk.fail(full)
    await expect(taken).rejects.toBe(full)
    expect(failures).toEqual([full])
    expect(ends).toEqual([])
    expect(book.size).toBe(0)
  })

  it('forgets a request that its decision refuses', async () => {
    const { desk, disk } = openDesk()
    const refusal = new Error('no such card')
    const refuse = (): never => {
      throw refusal
    }
    await expect(desk.take(asked('k'), refuse)).rejects.toBe(refusal)
    expect(await desk.find('k')).toBeUndefined()
    const taken = desk.take(asked('k'), settles)
    disk.answer()
    expect(await taken).toMatchObject({ status: 'settled' })
  })
})
