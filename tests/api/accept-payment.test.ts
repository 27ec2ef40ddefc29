import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { CLUSTER_START_MS, startTestCluster, type TestCluster } from '@paycluster/testkit/test-cluster'
import { waitFor } from '@paycluster/testkit/wait-for'

let cluster: TestCluster

beforeAll(async () => {
  cluster = await startTestCluster({
    counts: { replicas: 1, inquiryService: 1 },
    postgres: { fsync: false },
    services: { paymentServiceEnv: { PRODUCER_ACK_TIMEOUT_MS: '1500' } },
  })
}, CLUSTER_START_MS)

afterAll(() => cluster.stop(), CLUSTER_START_MS)

const order = (amount = 1) => ({
  source: cluster.demo.customers[0] ?? '',
  destination: cluster.demo.merchants[0] ?? '',
  amount,
})
const sameKey = () => ({ 'idempotency-key': randomUUID() })
const pay = (amount = 1, headers: Record<string, string> = {}) => cluster.api.pay(order(amount), headers)
const payAndWait = (amount = 1, headers: Record<string, string> = {}) => cluster.api.payAndWait(order(amount), headers)
/** Outcomes go by Redis: one that is announced while a node has not found back to it is lost, and its waiter waits on. */
const payments = (timeoutMs = 10_000) =>
  waitFor('a payment to succeed', async () => (await payAndWait(1, { prefer: 'wait=1' })).status === 201, { timeoutMs })

describe('POST /v1/payments', () => {
  it('is 202 with the queued payment, and 201 with the final one when the client waits', async () => {
    const queued = await pay()
    expect(queued).toMatchObject({ status: 202, body: { status: 'queued', version: 0, amount: 1 } })
    expect(queued.headers.get('location')).toBe(`/v1/payments/${String(queued.body.id)}`)
    const final = await payAndWait()
    expect(final).toMatchObject({ status: 201, body: { status: 'succeeded' } })
    expect(final.headers.get('preference-applied')).toBe('wait=10')
    expect(final.headers.get('consistency-token')).toMatch(/^1\./)
  })

  it('answers a key that comes again as it did, and moves the money once', async () => {
    const headers = sameKey()
    const first = await pay(2, headers)
    const again = await pay(2, headers)
    expect(again.body).toEqual(first.body)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    const final = await payAndWait(2, headers)
    expect(final).toMatchObject({ status: 201, body: { id: first.body.id, status: 'succeeded', version: 1 } })
    expect(await pay(3, headers)).toMatchObject({
      status: 422,
      body: { code: 'idempotency_key_reused' },
    })
  })

  it('gives many at once with one key one payment', async () => {
    const headers = sameKey()
    const answers = await Promise.all(Array.from({ length: 20 }, () => pay(1, headers)))
    expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1)
  })

  it('knows a key whose cache is lost: by the ledger', async () => {
    const headers = sameKey()
    const first = await payAndWait(4, headers)
    await cluster.node('redis').restart()
    await payments()
    expect(await payAndWait(4, headers)).toMatchObject({ status: 201, body: { id: first.body.id } })
    expect(await payAndWait(5, headers)).toMatchObject({ status: 422 })
  }, 60_000)

  it('accepts while Redis is away', async () => {
    await cluster.node('redis').stop()
    expect(await payAndWait()).toMatchObject({ status: 202 })
    await cluster.node('redis').start()
  }, 60_000)

  it('is 503 and never 202 while Kafka is away, and recovers by itself', async () => {
    await cluster.node('kafka').stop()
    const refused = await pay()
    expect(refused).toMatchObject({ status: 503, body: { code: 'unavailable', retryable: true } })
    expect(refused.headers.get('retry-after')).toBe('1')
    await cluster.node('kafka').start()
    await payments(60_000)
  }, 120_000)
})

describe('POST /v1/accounts', () => {
  it('is 201 with the account, without being asked to wait', async () => {
    const opened = await cluster.api.post('/v1/accounts', {
      kind: 'customer',
      currency: 'USD',
      external_id: 'shopper-1',
    })
    expect(opened).toMatchObject({
      status: 201,
      body: { kind: 'customer', status: 'active', external_id: 'shopper-1' },
    })
  })
})
