/** What accounts may spend, on a real cluster: overdrafts and limits, one payment at a time and many at once. */
import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { HOUSE_CLIENT, houseAccount } from '@paycluster/platform/ids/house-accounts'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import { ApiClient, type ApiAnswer } from '@paycluster/testkit/api-client'
import { cluster } from './stage.ts'

const REASON = 'a test'
const TIMEOUT_MS = 60_000
let ops: ApiClient

beforeAll(() => {
  ops = new ApiClient(cluster.url, cluster.demo.opsKey)
})

/** Each test has a payer of its own. */
let next = 0
const payer = (): string => cluster.demo.customers[next++] ?? ''
const merchant = (): string => cluster.demo.merchants[0] ?? ''

const limit = (account: string, limits: object, headers: Record<string, string> = {}): Promise<ApiAnswer> =>
  ops.post(`/v1/ops/accounts/${account}/limits`, { reason: REASON, ...limits }, headers)
const key = (): Record<string, string> => ({ 'idempotency-key': randomUUID(), prefer: 'wait=5' })
const pay = (source: string, amount: number, more: object = {}): Promise<ApiAnswer> =>
  cluster.api.payAndWait({ source, destination: merchant(), amount, ...more })
const failureOf = ({ body }: ApiAnswer): unknown => (body.failure as { code?: string } | null)?.code ?? body.status
const availableOf = async (account: string): Promise<number> =>
  Number((await cluster.api.get(`/v1/accounts/${account}/balance`)).body.available)

describe('a limit', () => {
  it(
    'of one payment lets through what is not above it',
    async () => {
      const source = payer()
      const set = await limit(source, { per_payment: 100 })
      expect(set).toMatchObject({
        status: 201,
        body: { account: source, overdraft: 0, per_payment: 100, per_day: null },
      })
      expect(failureOf(await pay(source, 100))).toBe('succeeded')
      expect(failureOf(await pay(source, 101))).toBe('limit_exceeded')
      expect(failureOf(await pay(source, 101, { capture: 'manual' }))).toBe('limit_exceeded')
      const token = set.headers.get('consistency-token') ?? ''
      expect((await ops.get(`/v1/ops/accounts/${source}/limits`, { 'consistency-token': token })).body).toEqual(
        set.body,
      )
    },
    TIMEOUT_MS,
  )

  it(
    'of a day counts payments, holds and withdrawals, whatever becomes of them',
    async () => {
      const source = payer()
      await limit(source, { per_day: 100 })
      const held = await pay(source, 60, { capture: 'manual' })
      expect(failureOf(held)).toBe('requires_capture')
      const canceled = await cluster.api.post(`/v1/payments/${String(held.body.id)}/cancel`, {}, key())
      expect(canceled.body.status).toBe('canceled')
      expect(failureOf(await pay(source, 41))).toBe('limit_exceeded')
      const withdrawal = { account: source, amount: 30, currency: 'USD' }
      const asked = await cluster.api.post('/v1/withdrawals', withdrawal, { 'idempotency-key': randomUUID() })
      expect(asked.status).toBe(202)
      expect(failureOf(await pay(source, 11))).toBe('limit_exceeded')
      expect(failureOf(await pay(source, 10))).toBe('succeeded')
    },
    TIMEOUT_MS,
  )

  it(
    'of a day holds for a hundred payments at once',
    async () => {
      const source = payer()
      await limit(source, { per_day: 500 })
      const before = await availableOf(source)
      const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => pay(source, 7 + (n % 5))))
      const outcomes = answers.map(failureOf)
      expect(new Set(outcomes)).toEqual(new Set(['succeeded', 'limit_exceeded']))
      const spent = answers
        .filter((answer) => failureOf(answer) === 'succeeded')
        .reduce((sum, { body }) => sum + Number(body.amount), 0)
      expect(spent).toBeLessThanOrEqual(500)
      // What is left is less than the smallest one asked for.
      expect(spent).toBeGreaterThan(500 - 7)
      expect(before - (await availableOf(source))).toBe(spent)
    },
    TIMEOUT_MS,
  )

  it(
    'counts for what follows it in the log, and not for what was before',
    async () => {
      const source = payer()
      const all = [...Array.from({ length: 20 }, () => pay(source, 50)), limit(source, { per_day: 0 })]
      await Promise.all(all)
      expect(failureOf(await pay(source, 1))).toBe('limit_exceeded')
      expect((await limit(source, {})).body).toMatchObject({ per_payment: null, per_day: null })
      expect(failureOf(await pay(source, 1))).toBe('succeeded')
    },
    TIMEOUT_MS,
  )

  it(
    'of an atomic batch that fails is not used up',
    async () => {
      const source = payer()
      await limit(source, { per_day: 100 })
      const payment = { source, destination: merchant(), currency: 'USD' }
      const batch = {
        atomic: true,
        payments: [
          { ...payment, amount: 90 },
          { ...payment, amount: 20 },
        ],
      }
      const answer = await cluster.api.post('/v1/payments/batch', batch, key())
      expect(answer.status).toBe(201)
      expect(failureOf(await pay(source, 100))).toBe('succeeded')
    },
    TIMEOUT_MS,
  )
})

describe('an overdraft', () => {
  it(
    'lets an account go below zero, so far and no further',
    async () => {
      const source = payer()
      const funds = await availableOf(source)
      expect(failureOf(await pay(source, funds + 1))).toBe('insufficient_funds')
      await limit(source, { overdraft: 100 })
      expect(failureOf(await pay(source, funds + 101))).toBe('insufficient_funds')
      expect(failureOf(await pay(source, funds + 100))).toBe('succeeded')
      expect(await availableOf(source)).toBe(-100)
      expect(await limit(source, { overdraft: 99 })).toMatchObject({ status: 409, body: { code: 'overdraft_in_use' } })
      expect((await limit(source, { overdraft: 200 })).status).toBe(201)
      expect(failureOf(await pay(source, 100))).toBe('succeeded')
    },
    TIMEOUT_MS,
  )
})

describe('whoever sets a limit', () => {
  it(
    'gets the same answer for the same key, and is told of another body',
    async () => {
      const [source, idempotencyKey] = [payer(), { 'idempotency-key': randomUUID() }]
      const first = await limit(source, { per_day: 10 }, idempotencyKey)
      await limit(source, { per_day: 20 })
      const again = await limit(source, { per_day: 10 }, idempotencyKey)
      expect(again.body).toEqual(first.body)
      expect((await ops.get(`/v1/ops/accounts/${source}/limits`)).body).toMatchObject({ per_day: 20, revision: 3 })
      expect(await limit(source, { per_day: 11 }, idempotencyKey)).toMatchObject({
        status: 422,
        body: { code: 'idempotency_key_reused' },
      })
    },
    TIMEOUT_MS,
  )

  it(
    'needs the scope, an account, and limits that can be',
    async () => {
      const source = payer()
      const path = `/v1/ops/accounts/${source}/limits`
      expect((await cluster.api.post(path, { reason: REASON })).status).toBe(403)
      expect((await cluster.api.get(path)).status).toBe(403)
      const altered = source.slice(0, -1) + (source.endsWith('0') ? '1' : '0')
      expect((await limit(altered, {})).status).toBe(404)
      expect((await ops.get(`/v1/ops/accounts/${altered}/limits`)).status).toBe(404)
      expect((await limit('acc_none', {})).status).toBe(404)
      const clearing = new IdCodec(cluster.secrets.clusterSecret).fromUuid(
        'acc',
        houseAccount('clearing', 'USD'),
        HOUSE_CLIENT,
      )
      expect((await limit(clearing, { overdraft: 0 })).status).toBe(404)
      expect((await ops.get(`/v1/ops/accounts/${clearing}/limits`)).status).toBe(404)
      expect(failureOf(await pay(source, 1, { destination: clearing }))).toBe('account_not_found')
      for (const wrong of [{ per_day: -1 }, { per_day: 1.5 }, { overdraft: 2 ** 53 }, { per_hour: 1 }, { reason: '' }])
        expect((await limit(source, wrong)).status).toBe(422)
      expect((await ops.get(path)).body).toMatchObject({ overdraft: 0, per_payment: null, per_day: null, revision: 1 })
    },
    TIMEOUT_MS,
  )
})
