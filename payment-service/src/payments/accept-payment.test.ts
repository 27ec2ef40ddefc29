import { describe, expect, it } from '@jest/globals'
import { commandSchema, paymentSchema, type Command, type Identity } from '@paycluster/contracts'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import type { OutgoingMessage } from '@paycluster/platform/kafka/topic-connection'
import { Registry } from 'prom-client'
import { acceptAccount } from '../accounts/accept-account.ts'
import type { CommandIntake } from '../commands/command-intake.ts'
import { IntakeMetrics } from '../commands/intake-metrics.ts'
import { OutcomeWaiters } from '../outcomes/outcome-waiters.ts'
import type { WriteRequest } from '../requests/write-request.ts'
import { acceptPayment } from './accept-payment.ts'

const ids = new IdCodec('a secret for tests, of 32 letters or more')
const mine = ids.random('acc', 7)
const theirs = ids.random('acc', 8)
const order = { source: mine, destination: theirs, amount: 1250, currency: 'USD', metadata: { cart: '7f3a' } }

const identity: Identity = {
  client: 7,
  key_id: 'k1',
  key_version: 1,
  scopes: ['payments:write'],
  limit_tier: 'standard',
  signature_required: false,
  expires_at_s: 0,
}
const request = (body: unknown, changes: Partial<WriteRequest> = {}): WriteRequest => ({
  identity,
  body,
  idempotencyKey: 'order-1',
  waitS: undefined,
  context: {},
  ...changes,
})

function setUp() {
  const sent: OutgoingMessage[] = []
  const waiters = new OutcomeWaiters(0)
  const intake: CommandIntake = {
    producer: {
      send: (message) => {
        sent.push(message)
        return Promise.resolve()
      },
    },
    keys: { claim: () => Promise.resolve(undefined), find: () => Promise.resolve(undefined), update: () => undefined },
    replies: { name: 'reply:x', isListening: true },
    waiters,
    clock: { now: () => 1_764_201_600_000 },
    metrics: new IntakeMetrics(new Registry(), () => 0),
  }
  const commands = (): Command[] => sent.map((message) => commandSchema.parse(JSON.parse(message.value)))
  return { intake, sent, commands }
}

describe('accepting a payment', () => {
  it('answers with the payment as it is queued, and hands on a command that the worker reads', async () => {
    const { intake, sent, commands } = setUp()
    const answer = await acceptPayment(intake, ids, request(order))
    const id = ids.derive('pay', 7, 'order-1')
    expect(paymentSchema.parse(JSON.parse(answer.body))).toMatchObject({ id, ...order, status: 'queued', version: 0 })
    expect(commands()).toMatchObject([{ type: 'payment.create', id, ...order, client: 7 }])
    expect(sent[0]?.key).toBe(mine)
  })

  it('gives one key one id, whatever else the request says, and another client another', async () => {
    const { intake, commands } = setUp()
    const owned = ids.random('acc', 9)
    await acceptPayment(intake, ids, request(order))
    await acceptPayment(intake, ids, request({ ...order, amount: 1 }))
    await acceptPayment(intake, ids, request({ ...order, source: owned }, { identity: { ...identity, client: 9 } }))
    const [first, second, third] = commands().map((command) => command.id)
    expect(first).toBe(second)
    expect(first).not.toBe(third)
  })

  it('takes automatic capture for what it is without a word', async () => {
    const { intake, commands } = setUp()
    await acceptPayment(intake, ids, request(order))
    await acceptPayment(intake, ids, request({ ...order, capture: 'automatic' }))
    const [unsaid, said] = commands()
    expect(said).toEqual(unsaid)
  })

  it('holds for 7 days, or for as long as it is asked to', async () => {
    const { intake, commands } = setUp()
    const held = await acceptPayment(intake, ids, request({ ...order, capture: 'manual' }))
    await acceptPayment(intake, ids, request({ ...order, capture: 'manual', hold_seconds: 60 }))
    expect(commands()).toMatchObject([{ hold_seconds: 604_800 }, { hold_seconds: 60 }])
    expect(paymentSchema.parse(JSON.parse(held.body))).toMatchObject({
      capture: 'manual',
      captured: 0,
      created_at: '2025-11-27T00:00:00.000Z',
      expires_at: '2025-12-04T00:00:00.000Z',
    })
  })

  it.each([
    ['that is no hold', { hold_seconds: 60 }],
    ['for no time', { capture: 'manual', hold_seconds: 0 }],
    ['for more than 30 days', { capture: 'manual', hold_seconds: 2_592_001 }],
  ])('refuses to hold a payment %s', async (_, changes) => {
    const { intake } = setUp()
    await expect(acceptPayment(intake, ids, request({ ...order, ...changes }))).rejects.toMatchObject({
      errors: [{ pointer: '/hold_seconds' }],
    })
  })

  it('demands an idempotency key', async () => {
    const { intake } = setUp()
    await expect(acceptPayment(intake, ids, request(order, { idempotencyKey: undefined }))).rejects.toMatchObject({
      code: 'idempotency_key_missing',
    })
  })

  it.each([
    ['a source of another client', { source: theirs }, '/source'],
    ['a source that was never issued', { source: `acc_${'0'.repeat(38)}` }, '/source'],
    ['a destination that was never issued', { destination: `${theirs.slice(0, 30)}${'0'.repeat(12)}` }, '/destination'],
  ])('refuses %s without a lookup', async (_case, changes, pointer) => {
    const { intake, sent } = setUp()
    await expect(acceptPayment(intake, ids, request({ ...order, ...changes }))).rejects.toMatchObject({
      code: 'not_found',
      errors: [{ pointer }],
    })
    expect(sent).toEqual([])
  })

  it.each([12.5, '1250', 1e21, -1, 0, 2 ** 53, null])('refuses the amount %j', async (amount) => {
    const { intake } = setUp()
    await expect(acceptPayment(intake, ids, request({ ...order, amount }))).rejects.toMatchObject({
      code: 'validation_failed',
      errors: expect.arrayContaining([expect.objectContaining({ pointer: '/amount' })]) as unknown,
    })
  })

  it('leaves a payment to oneself to the worker', async () => {
    const { intake } = setUp()
    expect(await acceptPayment(intake, ids, request({ ...order, destination: mine }))).toMatchObject({ status: 202 })
  })
})

describe('accepting an account', () => {
  const account = { kind: 'customer', currency: 'USD' }

  it('gives it an id that its client owns: one for a key, another without one', async () => {
    const { intake, commands } = setUp()
    for (const idempotencyKey of ['k', 'k', undefined, undefined])
      await acceptAccount(intake, ids, request(account, { idempotencyKey }))
    const made = commands().map((command) => command.id)
    expect(new Set(made).size).toBe(3)
    expect(made[0]).toBe(made[1])
    expect(made.every((id) => ids.isOwnedBy('acc', id, 7))).toBe(true)
  })

  it('hands on a command keyed by the account', async () => {
    const { intake, sent, commands } = setUp()
    await acceptAccount(intake, ids, request({ ...account, external_id: 'x' }))
    expect(commands()).toMatchObject([{ type: 'account.create', ...account, external_id: 'x', client: 7 }])
    expect(sent[0]?.key).toBe(commands()[0]?.id)
  })

  it('refuses kinds that are the cluster’s own', async () => {
    const { intake } = setUp()
    await expect(acceptAccount(intake, ids, request({ ...account, kind: 'system' }))).rejects.toMatchObject({
      code: 'validation_failed',
    })
  })
})
