import { describe, expect, it } from '@jest/globals'
import { parseConsistencyToken, tokenAccount } from '@paycluster/platform/consistency/consistency-token'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import { toClientEvent } from './client-event.ts'

const ids = new IdCodec('a secret for tests, of 32 letters or more')
const [source, destination] = [ids.random('acc', 1), ids.random('acc', 2)]
const commit = { commit_lsn: '16/B374D848', timeline: 1 }
const event = (type: string, data: object): Buffer =>
  Buffer.from(JSON.stringify({ id: 'pay_1.1', type, time: '2026-11-27T09:00:00.000Z', data: { ...data, ...commit } }))
const accounts = [
  { account_id: source, sequence: 7 },
  { account_id: destination, sequence: 9 },
]

describe('what a client is told of an event', () => {
  it('is the object, and of the sequences its own', () => {
    const payment = { id: 'pay_1', source, destination, amount: 5 }
    const told = toClientEvent(event('payment.succeeded', { payment, accounts }))
    expect(told).toMatchObject({ id: 'pay_1.1', type: 'payment.succeeded', accounts: [source, destination] })
    const message = JSON.parse(told?.bodyFor((account) => account === destination) ?? '') as Record<string, unknown>
    expect(message).toEqual({
      id: 'pay_1.1',
      type: 'payment.succeeded',
      timestamp: '2026-11-27T09:00:00.000Z',
      consistency_token: expect.any(String),
      data: { payment, accounts: [{ account_id: destination, sequence: 9 }] },
    })
    const token = parseConsistencyToken(String(message.consistency_token))
    expect(token).toMatchObject({ timeline: 1, lsn: 0x16b374d848n })
    expect([...(token?.versions ?? [])]).toEqual([[tokenAccount(destination), 9]])
  })

  it('is of its account', () => {
    const told = toClientEvent(event('account.blocked', { account: { id: source }, reason: 'Lost' }))
    expect(told?.accounts).toEqual([source])
    expect(JSON.parse(told?.bodyFor(() => true) ?? '')).toMatchObject({
      data: { account: { id: source }, reason: 'Lost' },
    })
  })

  it('is nothing of what operators do', () => {
    for (const type of ['key.created', 'client.created', 'dead_letter.replayed', 'account.limited'])
      expect(toClientEvent(event(type, {}))).toBeUndefined()
    const alert = { id: 'alr_1.1', type: 'alert.raised', time: 't', data: { alert: {} } }
    expect(toClientEvent(Buffer.from(JSON.stringify(alert)))).toBeUndefined()
  })

  it.each([
    { payment: { source: 'zzz', destination } },
    { payment: { source, destination }, accounts: [{ account_id: 'acc_1', sequence: 1 }] },
    { payment: { source, destination }, commit_lsn: 'nope' },
    { payment: { source, destination }, timeline: -1 },
  ])('is an error where %j stands', (data) => {
    const text = { id: 'pay_1.1', type: 'payment.succeeded', time: 't', data: { ...commit, ...data } }
    expect(() => toClientEvent(Buffer.from(JSON.stringify(text)))).toThrow()
  })

  it.each(['', '{', '{}', '[]', 'null', '{"id":1}', JSON.stringify({ id: 'x', type: 'payment.succeeded', data: {} })])(
    'is an error where %j stands',
    (text) => {
      expect(() => toClientEvent(Buffer.from(text))).toThrow()
    },
  )
})
