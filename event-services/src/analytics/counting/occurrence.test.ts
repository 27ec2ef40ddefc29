import { describe, expect, it } from '@jest/globals'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import { cellOf } from '../latency-histogram.ts'
import { NOT_FINAL, toOccurrence } from './occurrence.ts'

const ids = new IdCodec('a secret for tests, of 32 letters or more')
const [source, destination] = [ids.random('acc', 1), ids.random('acc', 2)]
const created_at = '2026-11-27T09:00:00.000Z'
const completed_at = '2026-11-27T09:00:00.032Z'
const payment = {
  ...{ id: 'pay_1', status: 'succeeded', source, destination, amount: 500, currency: 'USD' },
  ...{ capture: 'automatic', captured: 500, created_at, completed_at },
}
const refund = { id: 'ref_1', status: 'succeeded', amount: 70, created_at, completed_at }
const event = (type: string, data: object): Buffer => Buffer.from(JSON.stringify({ id: 'x.1', type, data }))
const paid = (more: object, type = 'payment.succeeded') =>
  toOccurrence(event(type, { payment: { ...payment, ...more } }))

describe('an event', () => {
  it('counts as a state that a payment came to, when and how fast', () => {
    expect(paid({})).toEqual({
      key: expect.stringMatching(/^[0-9a-f]{32}$/),
      atMs: Date.parse(completed_at),
      kind: 'payment',
      state: 'succeeded',
      currency: 'USD',
      volume: 500,
      latencyCell: cellOf(32),
      maker: source,
      destination,
    })
  })

  it.each([
    [{ capture: 'manual', status: 'requires_capture', captured: 0, completed_at: null }, 'hold', 500, -1, source],
    [{ capture: 'manual', captured: 30 }, 'hold', 30, cellOf(32), source],
    [{ capture: 'manual', status: 'canceled', captured: 0 }, 'hold', 500, cellOf(32), source],
    [{ status: 'failed', captured: 0 }, 'payment', 500, cellOf(32), source],
    [{ status: 'processing', completed_at: null, bank: { rail: 'deposit' } }, 'deposit', 500, -1, destination],
    [{ bank: { rail: 'card' } }, 'card', 500, cellOf(32), destination],
    [{ bank: { rail: 'withdrawal' } }, 'withdrawal', 500, cellOf(32), source],
  ])('of %j counts as %s', (more, kind, volume, latencyCell, maker) => {
    expect(paid(more)).toMatchObject({ kind, volume, latencyCell, maker })
  })

  it('of a refund counts as one, by its own id and amount', () => {
    const counted = toOccurrence(event('refund.succeeded', { refund, payment }))
    expect(counted).toMatchObject({ kind: 'refund', state: 'succeeded', volume: 70, currency: 'USD', maker: source })
    const waiting = toOccurrence(
      event('refund.processing', { refund: { ...refund, status: 'processing', completed_at: null }, payment }),
    )
    expect(waiting).toMatchObject({ state: 'processing', latencyCell: NOT_FINAL, atMs: Date.parse(created_at) })
    expect(waiting?.key).not.toBe(counted?.key)
    const failed = { ...refund, status: 'failed', amount: null }
    expect(toOccurrence(event('refund.failed', { refund: failed, payment }))).toMatchObject({ volume: 0 })
  })

  it('has one key for each state of an object, whatever the event is called', () => {
    const keys = [
      paid({ capture: 'manual' }, 'payment.captured'),
      paid({ capture: 'manual' }, 'payment.succeeded'),
      paid({ status: 'failed' }),
      paid({ id: 'pay_2' }),
      toOccurrence(event('refund.succeeded', { refund, payment })),
    ].map((counted) => counted?.key)
    expect(keys[0]).toBe(keys[1])
    expect(new Set(keys).size).toBe(4)
  })

  it('of anything else is not counted', () => {
    for (const type of ['account.created', 'key.created', 'client.created', 'of a later version'])
      expect(toOccurrence(event(type, {}))).toBeUndefined()
  })

  it.each([
    { status: 'queued' },
    { amount: -1 },
    { amount: 1.5 },
    { currency: 'usd' },
    { source: 'zzz' },
    { created_at: 'yesterday' },
    { completed_at: '2026-13-27T09:00:00.000Z' },
    { bank: { rail: 'pigeon' } },
  ])('that says %j is an error', (more) => {
    expect(() => paid(more)).toThrow()
  })

  it.each(['', '{', '{}', 'null', '[]', '{"type":"payment.succeeded"}'])('that is %j is an error', (text) => {
    expect(() => toOccurrence(Buffer.from(text))).toThrow()
  })
})
