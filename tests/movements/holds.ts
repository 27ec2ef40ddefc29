import { beforeAll, describe, expect, it } from '@jest/globals'
import { Redis } from 'ioredis'
import { waitFor } from '@paycluster/testkit/wait-for'
import { MovementClient, refusalOf } from './movement-client.ts'
import { cluster, killWorkers } from './stage.ts'

let client: MovementClient

beforeAll(() => {
  client = new MovementClient(cluster)
})

const NOT_CAPTURABLE = { status: 409, code: 'payment_not_capturable' }
const untilStatus = (id: string, status: string): Promise<boolean> =>
  waitFor(`the payment to be ${status}`, async () => (await client.payment(id)).status === status, {
    timeoutMs: 20_000,
  })

describe('a hold', () => {
  it('is pending until it is captured in part, which releases the rest', async () => {
    const before = await client.balance(client.customer)
    const held = await client.hold(1000)
    expect(held).toMatchObject({ status: 'requires_capture', capture: 'manual', captured: 0, completed_at: null })
    expect(await client.balance(client.customer)).toMatchObject({
      posted: before.posted,
      pending_out: 1000,
      available: before.available - 1000,
      version: before.version + 1,
    })
    const merchantBefore = await client.balance(client.merchant)
    const captured = await client.capture(held, { amount: 600 })
    expect(captured).toMatchObject({
      status: 201,
      body: { id: held.id, status: 'succeeded', captured: 600, version: 2 },
    })
    expect(await client.payment(held.id)).toEqual(captured.body)
    const after = await client.balance(client.customer)
    expect(after).toMatchObject({ posted: before.posted - 600, pending_out: 0, version: before.version + 2 })
    expect(await client.balance(client.merchant)).toMatchObject({ posted: merchantBefore.posted + 600 })
    const [capture, hold] = await client.entries(client.customer, '?limit=2')
    expect(capture).toMatchObject({ kind: 'capture', amount: -600, pending_amount: -1000, payment_id: held.id })
    expect(capture).not.toHaveProperty('pending_after')
    expect(hold).toMatchObject({ kind: 'hold', amount: 0, pending_amount: 1000, pending_after: 1000 })
  })

  it('is the same in a statement from the ledger as in one from the cache', async () => {
    const held = await client.hold(30)
    const other = await client.hold(5)
    await client.capture(held, { amount: 10 })
    const cached = await client.entries(client.customer)
    expect(cached.some(({ pending_after }) => pending_after !== undefined)).toBe(true)
    const redis = new Redis(`redis://127.0.0.1:${String(cluster.settings.ports.redis)}`)
    await redis.flushall()
    redis.disconnect()
    expect(await client.entries(client.customer)).toEqual(cached)
    await client.cancel(other)
  })

  it('is captured without a body, whatever the type of it', async () => {
    for (const headers of [{}, { 'content-type': 'application/json' }]) {
      const held = await client.hold(1)
      const answer = await cluster.api.send('POST', `/v1/payments/${held.id}/capture`, {
        headers: { 'idempotency-key': held.id, ...headers },
      })
      expect(answer).toMatchObject({ status: 201, body: { captured: 1 } })
    }
  })

  it('is captured once, and not canceled after it', async () => {
    const held = await client.hold(10)
    expect(refusalOf(await client.capture(held, { amount: 11 }))).toEqual({ status: 422, code: 'capture_exceeds_hold' })
    expect(await client.capture(held)).toMatchObject({ status: 201 })
    expect(refusalOf(await client.capture(held))).toEqual(NOT_CAPTURABLE)
    expect(refusalOf(await client.cancel(held))).toEqual(NOT_CAPTURABLE)
    expect(await client.payment(held.id)).toMatchObject({ status: 'succeeded', captured: 10, version: 2 })
  })

  it('is canceled once, and not captured after it', async () => {
    const before = await client.balance(client.customer)
    const held = await client.hold(10)
    const canceled = await client.cancel(held, { reason: 'out of stock' })
    expect(canceled).toMatchObject({ status: 201, body: { status: 'canceled', captured: 0 } })
    expect(refusalOf(await client.capture(held))).toEqual(NOT_CAPTURABLE)
    expect(await client.balance(client.customer)).toMatchObject({ available: before.available, pending_out: 0 })
  })

  it('gives many captures at once one winner, and one key one answer', async () => {
    const held = await client.hold(100)
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => client.capture(held, { amount: n + 1 })))
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 201)).toHaveLength(1)
    expect(statuses.filter((status) => status === 409)).toHaveLength(19)
    const again = await client.hold(100)
    const key = { 'idempotency-key': 'one-capture' }
    const path = `/v1/payments/${again.id}/capture`
    const same = await Promise.all(Array.from({ length: 5 }, () => client.post(path, { amount: 7 }, key)))
    expect(same.map(({ status, text }) => ({ status, text }))).toEqual(
      same.map(() => ({ status: 201, text: same[0]?.text })),
    )
    expect(refusalOf(await client.post(path, { amount: 8 }, key))).toMatchObject({ code: 'idempotency_key_reused' })
  })

  it('can be captured before anybody was told that it is there', async () => {
    const order = {
      source: client.customer,
      destination: client.merchant,
      amount: 5,
      currency: 'USD',
      capture: 'manual',
    }
    const accepted = await client.post('/v1/payments', order, { prefer: 'wait=0' })
    expect(accepted).toMatchObject({ status: 202, body: { status: 'queued', capture: 'manual' } })
    const captured = await client.post(`/v1/payments/${String(accepted.body.id)}/capture`)
    expect(captured).toMatchObject({ status: 201, body: { status: 'succeeded', captured: 5 } })
  })

  it('expires by itself, also when the workers were killed meanwhile', async () => {
    const before = await client.balance(client.customer)
    const held = await client.hold(10, { hold_seconds: 1 })
    await killWorkers()
    await untilStatus(held.id, 'expired')
    expect(await client.balance(client.customer)).toMatchObject({ available: before.available, pending_out: 0 })
    expect(refusalOf(await client.capture(held))).toEqual(NOT_CAPTURABLE)
    const [inVain, expiry] = await client.timeline(held)
    expect(inVain).toMatchObject({ event: 'capture', status: null, cause: 'payment_not_capturable' })
    expect(expiry).toMatchObject({ event: 'expire', actor: 'cluster', status: 'expired' })
  }, 60_000)

  it('that expires while it is being captured ends one way or the other', async () => {
    const before = await client.balance(client.customer)
    const holds = await Promise.all(Array.from({ length: 10 }, () => client.hold(10, { hold_seconds: 1 })))
    await new Promise((resolve) => setTimeout(resolve, Date.parse(holds[9]?.expires_at ?? '') - Date.now() - 20))
    const answers = await Promise.all(holds.map((held) => client.capture(held)))
    const captured = answers.filter(({ status }) => status === 201).length
    for (const [index, { status, body }] of answers.entries()) {
      if (status !== 201) expect(['hold_expired', 'payment_not_capturable']).toContain(body.code)
      await untilStatus(holds[index]?.id ?? '', status === 201 ? 'succeeded' : 'expired')
    }
    const { posted, pending_out } = await client.balance(client.customer)
    expect({ posted, pending_out }).toEqual({ posted: before.posted - captured * 10, pending_out: 0 })
  }, 60_000)
})

describe('a block', () => {
  it('stops payments and captures, lets holds go, and ends', async () => {
    const held = await client.hold(10)
    const other = await client.hold(10)
    const block = await client.post(`/v1/accounts/${client.customer}/block`, { reason: 'stolen' })
    expect(block).toMatchObject({ status: 201, body: { status: 'blocked', revision: 2 } })
    expect(await client.pay(10)).toMatchObject({ status: 'failed', failure: { code: 'account_blocked' } })
    expect(refusalOf(await client.capture(held))).toEqual({ status: 422, code: 'account_blocked' })
    expect(await client.cancel(other)).toMatchObject({ status: 201, body: { status: 'canceled' } })
    const again = await client.post(`/v1/accounts/${client.customer}/block`, { reason: 'stolen twice' })
    expect(again).toMatchObject({ status: 201, body: { status: 'blocked', revision: 2 } })
    const unblock = await client.post(`/v1/accounts/${client.customer}/unblock`, { reason: 'found' })
    expect(unblock).toMatchObject({ status: 201, body: { status: 'active', revision: 3 } })
    expect(await client.read(`/v1/accounts/${client.customer}`)).toMatchObject({ status: 'active', revision: 3 })
    expect(await client.capture(held)).toMatchObject({ status: 201 })
  })

  it('races payments, and each of them is before it or after it', async () => {
    const { merchant } = client
    const before = await client.balance(merchant)
    const payments = Array.from({ length: 60 }, () => client.pay(1))
    const block = client.post(`/v1/accounts/${merchant}/block`, { reason: 'race' })
    const outcomes = await Promise.all(payments)
    expect(await block).toMatchObject({ status: 201 })
    const succeeded = outcomes.filter(({ status }) => status === 'succeeded').length
    expect((await client.balance(merchant)).posted).toBe(before.posted + succeeded)
    expect(await client.pay(1)).toMatchObject({ failure: { code: 'account_blocked' } })
    await client.post(`/v1/accounts/${merchant}/unblock`, { reason: 'race over' })
  })
})

describe('the past', () => {
  it('can be read off the entries, with what was held then', async () => {
    const before = await client.balance(client.customer)
    const held = await client.hold(25)
    const [hold] = await client.entries(client.customer, '?limit=1')
    await client.capture(held)
    const at = (time: string) => client.balance(client.customer, `?at=${encodeURIComponent(time)}`)
    expect(await at(hold?.created_at ?? '')).toMatchObject({
      posted: before.posted,
      pending_out: 25,
      available: before.available - 25,
      version: hold?.seq,
    })
    expect(await at('2001-01-01T00:00:00Z')).toMatchObject({ posted: 0, available: 0, version: 0 })
    const future = await cluster.api.get(`/v1/accounts/${client.customer}/balance?at=2999-01-01T00:00:00Z`)
    expect(refusalOf(future)).toEqual({ status: 400, code: 'invalid_parameter' })
  })

  it('of a payment is its timeline, in pages', async () => {
    const held = await client.hold(30)
    await client.capture(held, { amount: 31 })
    await client.capture(held, { amount: 20 })
    await client.refund(held, { amount: 5, reason: 'stale bun' })
    const events = await client.timeline(held)
    expect(events.map(({ event, status, amount, cause }) => ({ event, status, amount, cause }))).toEqual([
      { event: 'refund', status: 'succeeded', amount: 5, cause: 'stale bun' },
      { event: 'capture', status: 'succeeded', amount: 20, cause: null },
      { event: 'capture', status: null, amount: 31, cause: 'capture_exceeds_hold' },
      { event: 'posted', status: 'requires_capture', amount: 30, cause: null },
      { event: 'accepted', status: 'queued', amount: 30, cause: null },
    ])
    const paged: unknown[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`
      const page: { data: unknown[]; next_cursor: string | null } = await client.read(
        `/v1/payments/${held.id}/timeline?limit=1${query}`,
      )
      expect(page.data).toHaveLength(1)
      paged.push(...page.data)
      cursor = page.next_cursor
    }
    expect(paged).toEqual(events)
  })
})
