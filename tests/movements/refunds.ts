import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from '@jest/globals'
import type { Refund } from '@paycluster/contracts'
import { waitFor } from '@paycluster/testkit/wait-for'
import { MovementClient, refusalOf } from './movement-client.ts'
import { cluster, killWorkers } from './stage.ts'

let client: MovementClient

beforeAll(() => {
  client = new MovementClient(cluster)
})

describe('a refund', () => {
  it('goes back in part, then the rest, then nothing more', async () => {
    const before = await client.balance(client.customer)
    const payment = await client.pay(100)
    const part = await client.refund(payment, { amount: 30, reason: 'stale bun' })
    expect(part).toMatchObject({
      status: 201,
      body: { payment: payment.id, status: 'succeeded', amount: 30, currency: 'USD', reason: 'stale bun' },
    })
    expect(await client.payment(payment.id)).toMatchObject({ status: 'succeeded', refunded: 30, version: 2 })
    expect(await client.refund(payment)).toMatchObject({ status: 201, body: { status: 'succeeded', amount: 70 } })
    const none = await client.refund(payment, { amount: 1 })
    expect(none).toMatchObject({
      status: 201,
      body: { status: 'failed', failure: { code: 'refund_exceeds_captured' } },
    })
    expect(await client.balance(client.customer)).toMatchObject({ posted: before.posted })
    const refunds = await client.refunds(payment)
    expect(refunds.map(({ status, amount }) => [status, amount])).toEqual([
      ['failed', 1],
      ['succeeded', 70],
      ['succeeded', 30],
    ])
    expect(await client.read(`/v1/refunds/${String(part.body.id)}`)).toEqual(part.body)
  })

  it('of a payment that failed is none, nor of a hold', async () => {
    const failed = await client.pay(Number.MAX_SAFE_INTEGER)
    expect(failed.status).toBe('failed')
    for (const payment of [failed, await client.hold(10)])
      expect(await client.refund(payment)).toMatchObject({
        status: 201,
        body: { status: 'failed', failure: { code: 'payment_not_refundable' } },
      })
  })

  it('never takes more than was captured, of a thousand at once', async () => {
    const before = { customer: await client.balance(client.customer), merchant: await client.balance(client.merchant) }
    const payment = await client.pay(777)
    const answers = await Promise.all(
      Array.from({ length: 1000 }, (_, n) =>
        client.post(`/v1/payments/${payment.id}/refunds`, { amount: 1 + (n % 3) }, { prefer: 'wait=0' }),
      ),
    )
    expect(answers.every(({ status }) => status === 202)).toBe(true)
    const isFinal = async ({ body }: (typeof answers)[number]): Promise<boolean> =>
      (await client.read<Refund>(`/v1/refunds/${String(body.id)}`)).status !== 'queued'
    await waitFor(
      'every refund to be final',
      async () => {
        for (const answer of answers) if (!(await isFinal(answer))) return false
        return true
      },
      { timeoutMs: 60_000 },
    )
    const refunds = await Promise.all(answers.map(({ body }) => client.read<Refund>(`/v1/refunds/${String(body.id)}`)))
    const succeeded = refunds.filter(({ status }) => status === 'succeeded')
    expect(succeeded.reduce((sum, { amount }) => sum + (amount ?? 0), 0)).toBe(777)
    expect(new Set(refunds.filter(({ status }) => status === 'failed').map(({ failure }) => failure?.code))).toEqual(
      new Set(['refund_exceeds_captured']),
    )
    expect(await client.payment(payment.id)).toMatchObject({ captured: 777, refunded: 777 })
    expect((await client.balance(client.customer)).posted).toBe(before.customer.posted)
    expect((await client.balance(client.merchant)).posted).toBe(before.merchant.posted)
  }, 120_000)

  it('comes to the same, sent again with its key', async () => {
    const payment = await client.pay(50)
    const key = { 'idempotency-key': randomUUID() }
    const path = `/v1/payments/${payment.id}/refunds`
    const first = await client.post(path, { amount: 20 }, key)
    const again = await client.post(path, { amount: 20 }, key)
    expect(again.body).toEqual(first.body)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    await cluster.node('redis').restart()
    await waitFor(
      'an answer to the key',
      async () => (await client.post(path, { amount: 20 }, { ...key, prefer: 'wait=1' })).text === first.text,
      {
        timeoutMs: 20_000,
      },
    )
    expect(await client.payment(payment.id)).toMatchObject({ refunded: 20 })
  }, 60_000)

  it('needs a payment that was issued, and an idempotency key', async () => {
    const payment = await client.pay(1)
    const altered = `${payment.id.slice(0, -1)}${payment.id.endsWith('0') ? '1' : '0'}`
    const unknown = `${payment.id.slice(0, 20)}00000000000000000000000000`.slice(0, payment.id.length)
    expect(refusalOf(await client.refund({ ...payment, id: altered }))).toEqual({ status: 404, code: 'not_found' })
    expect(refusalOf(await client.refund({ ...payment, id: unknown }))).toEqual({ status: 404, code: 'not_found' })
    const noKey = await cluster.api.post(`/v1/payments/${payment.id}/refunds`, {})
    expect(refusalOf(noKey)).toEqual({ status: 400, code: 'idempotency_key_missing' })
    for (const body of [{ amount: 0 }, { amount: 1.5 }, { amount: '1' }, { amount: 1, more: 1 }])
      expect(refusalOf(await client.refund(payment, body))).toEqual({ status: 422, code: 'validation_failed' })
  })

  it('lives through a worker that is killed in the middle', async () => {
    const payment = await client.pay(500)
    const refunds = Array.from({ length: 200 }, () =>
      client.post(`/v1/payments/${payment.id}/refunds`, { amount: 5 }, { prefer: 'wait=0' }),
    )
    await Promise.all(refunds.slice(0, 50))
    await killWorkers()
    const accepted = await Promise.all(refunds)
    expect(accepted.every(({ status }) => status === 202)).toBe(true)
    await waitFor('all of it to be refunded', async () => (await client.payment(payment.id)).refunded === 500, {
      timeoutMs: 60_000,
    })
  }, 120_000)
})
