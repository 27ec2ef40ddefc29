import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { Redis } from 'ioredis'
import type { Payment } from '@paycluster/contracts'
import type { ApiAnswer } from '@paycluster/testkit/api-client'
import { waitFor } from '@paycluster/testkit/wait-for'
import { MovementClient, refusalOf } from './movement-client.ts'
import { cluster, killWorkers } from './stage.ts'

let client: MovementClient

beforeAll(() => {
  client = new MovementClient(cluster)
})

const customer = (n: number): string => cluster.demo.customers[n % cluster.demo.customers.length] ?? ''
const order = (n: number, amount = 1) => ({
  source: customer(n),
  destination: client.merchant,
  amount,
  currency: 'USD',
})
const post = (body: object, headers: Readonly<Record<string, string>> = {}): Promise<ApiAnswer> =>
  client.post('/v1/payments/batch', body, headers)
const paymentsOf = ({ body }: ApiAnswer): Payment[] => body.data as Payment[]
async function flush(): Promise<void> {
  const redis = new Redis(`redis://127.0.0.1:${String(cluster.settings.ports.redis)}`)
  await redis.flushall()
  redis.disconnect()
}
const TOO_MUCH = Number.MAX_SAFE_INTEGER

describe('a batch', () => {
  it('has an id and an outcome for each payment', async () => {
    const answer = await post({ payments: [order(1, 10), order(2, TOO_MUCH), order(3, 30)] })
    expect(answer.status).toBe(201)
    expect(paymentsOf(answer).map(({ status, amount, failure }) => [status, amount, failure?.code])).toEqual([
      ['succeeded', 10, undefined],
      ['failed', TOO_MUCH, 'insufficient_funds'],
      ['succeeded', 30, undefined],
    ])
    expect(new Set(paymentsOf(answer).map(({ id }) => id)).size).toBe(3)
    for (const payment of paymentsOf(answer)) expect(await client.payment(payment.id)).toEqual(payment)
  })

  it('that is atomic succeeds whole or not at all', async () => {
    const before = await client.balance(customer(4))
    const failed = await post({ payments: [order(4, 10), order(5, TOO_MUCH), order(4, 10)], atomic: true })
    expect(paymentsOf(failed).map(({ status, failure }) => [status, failure?.code])).toEqual([
      ['failed', 'batch_failed'],
      ['failed', 'insufficient_funds'],
      ['failed', 'batch_failed'],
    ])
    expect(await client.balance(customer(4))).toMatchObject({ posted: before.posted, version: before.version })
    const whole = await post({ payments: [order(4, 10), order(5, 20)], atomic: true })
    expect(paymentsOf(whole).map(({ status }) => status)).toEqual(['succeeded', 'succeeded'])
    expect(await client.balance(customer(4))).toMatchObject({ posted: before.posted - 10 })
  })

  it('takes a reference once, and gives it back when it fails', async () => {
    const reference = randomUUID()
    const twice = [order(6), order(7)].map((one) => ({ ...one, reference }))
    const failed = await post({ payments: twice, atomic: true })
    expect(paymentsOf(failed).map(({ failure }) => failure?.code)).toEqual(['batch_failed', 'duplicate_reference'])
    expect(paymentsOf(await post({ payments: twice.slice(0, 1) }))[0]).toMatchObject({ status: 'succeeded', reference })
  })

  it('of 500 is accepted at once, answered the same again, and paid once', async () => {
    const before = await client.balance(client.merchant)
    const key = { 'idempotency-key': randomUUID() }
    const body = { payments: Array.from({ length: 500 }, (_, n) => order(n)), atomic: true }
    const accepted = await post(body, { ...key, prefer: 'wait=0' })
    expect(accepted.status).toBe(202)
    const again = await post(body, { ...key, prefer: 'wait=0' })
    expect(again.text).toBe(accepted.text)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    const final = await post(body, key)
    expect(final.status).toBe(201)
    expect(paymentsOf(final).every(({ status }) => status === 'succeeded')).toBe(true)
    expect(paymentsOf(final).map(({ id }) => id)).toEqual(paymentsOf(accepted).map(({ id }) => id))
    expect((await client.balance(client.merchant)).posted).toBe(before.posted + 500)
    expect(refusalOf(await post({ ...body, atomic: false }, key))).toEqual({
      status: 422,
      code: 'idempotency_key_reused',
    })
  })

  it.each([false, true])(
    'of another body moves nothing under its key, also when the cache was lost (atomic: %s)',
    async (atomic) => {
      const key = { 'idempotency-key': randomUUID() }
      const body = { payments: [order(20)], atomic }
      const other = { payments: [order(20), order(21, 1000), order(22, 2000)], atomic }
      const first = await post(body, key)
      const before = await Promise.all([20, 21, 22].map((n) => client.balance(customer(n))))
      await flush()
      expect(refusalOf(await post(other, key))).toEqual({ status: 422, code: 'idempotency_key_reused' })
      const again = await post(body, key)
      expect([again.status, paymentsOf(again)]).toEqual([201, paymentsOf(first)])
      await flush()
      // Who does not wait is told by the payments.
      const accepted = await post(other, { ...key, prefer: 'wait=0' })
      expect(accepted.status).toBe(202)
      const [, second = ''] = paymentsOf(accepted).map(({ id }) => id)
      await waitFor('it to be final', async () => (await client.payment(second)).status === 'failed')
      expect((await client.payment(second)).failure?.code).toBe('idempotency_key_reused')
      const after = await Promise.all([20, 21, 22].map((n) => client.balance(customer(n))))
      expect(after.map(({ posted }) => posted)).toEqual(before.map(({ posted }) => posted))
    },
  )

  it('with anything wrong in it is refused whole, with the place of the fault', async () => {
    const before = await client.balance(customer(8))
    const wrong = { ...order(9), amount: 0 }
    expect(await post({ payments: [order(8), wrong] })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/payments/1/amount' }] },
    })
    const strange = { ...order(9), source: cluster.demo.customers[0]?.replace(/.{6}$/, '000000') }
    expect(await post({ payments: [order(8), strange] })).toMatchObject({
      status: 404,
      body: { errors: [{ pointer: '/payments/1/source' }] },
    })
    for (const payments of [[], Array.from({ length: 501 }, () => order(8))])
      expect(await post({ payments })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/payments' }] } })
    const long = Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`key${n}`, 'x'.repeat(500)]))
    const large = { payments: Array.from({ length: 125 }, () => ({ ...order(8), metadata: long })) }
    expect(refusalOf(await post(large))).toEqual({ status: 413, code: 'payload_too_large' })
    expect(await client.balance(customer(8))).toMatchObject({ version: before.version })
  })

  it('is no payment to be read', async () => {
    const answer = await cluster.api.get('/v1/payments/batch')
    expect(refusalOf(answer)).toEqual({ status: 405, code: 'method_not_allowed' })
    expect(answer.headers.get('allow')).toBe('POST')
  })

  it('is whole or not there when workers are killed in the middle', async () => {
    const batches = Array.from({ length: 20 }, (_, n) =>
      post({ payments: Array.from({ length: 50 }, (_, m) => order(n + m)), atomic: true }, { prefer: 'wait=0' }),
    )
    await Promise.all(batches.slice(0, 10))
    await killWorkers()
    for (const accepted of await Promise.all(batches)) {
      expect(accepted.status).toBe(202)
      const ids = paymentsOf(accepted).map(({ id }) => id)
      const statuses = async () => Promise.all(ids.map(async (id) => (await client.payment(id)).status))
      await waitFor(
        'every payment to be posted',
        async () => (await statuses()).every((status) => status === 'succeeded'),
        {
          timeoutMs: 60_000,
        },
      )
    }
  }, 120_000)
})
