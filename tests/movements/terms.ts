/** The terms of clients, on a real cluster: limits over all of their accounts, and commissions of their own. */
import { randomBytes, randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { databaseUrl } from '@paycluster/cluster/postgres/connection'
import { ApiClient, type ApiAnswer } from '@paycluster/testkit/api-client'
import { makeClient } from '@paycluster/testkit/make-client'
import { query } from '@paycluster/testkit/query'
import { waitFor } from '@paycluster/testkit/wait-for'
import { cluster } from './stage.ts'

const TIMEOUT_MS = 60_000
const REASON = 'a test'
let ops: ApiClient

beforeAll(() => {
  ops = new ApiClient(cluster.url, cluster.demo.opsKey)
})

const key = (): Record<string, string> => ({ 'idempotency-key': randomUUID(), prefer: 'wait=5' })
const failureOf = ({ body }: ApiAnswer): unknown => (body.failure as { code?: string } | null)?.code ?? body.status
const pathOf = (client: number): string => `/v1/ops/clients/${String(client)}/terms`
const setTerms = (client: number, terms: object, headers: Record<string, string> = key()): Promise<ApiAnswer> =>
  ops.post(pathOf(client), { reason: REASON, ...terms }, headers)

/** A client with accounts of its own, each with 10,000. */
class Shop {
  readonly client: number
  readonly api: ApiClient
  readonly accounts: readonly string[]

  private constructor(client: number, api: ApiClient, accounts: readonly string[]) {
    this.client = client
    this.api = api
    this.accounts = accounts
  }

  static async open(accounts: number): Promise<Shop> {
    const { client, api } = await makeClient(cluster, `shop${randomBytes(4).toString('hex')}`)
    const ids = await Promise.all(
      Array.from({ length: accounts }, async (_, n) => {
        const opened = await api.post('/v1/accounts', { kind: 'customer', currency: 'USD' }, key())
        const id = String(opened.body.id)
        const source = cluster.demo.customers[n] ?? ''
        const funded = await cluster.api.payAndWait({ source, destination: id, amount: 10_000 })
        expect(funded.body.status).toBe('succeeded')
        return id
      }),
    )
    return new Shop(client, api, ids)
  }

  pay(from: number, amount: number, more: object = {}): Promise<ApiAnswer> {
    const destination = cluster.demo.merchants[0] ?? ''
    return this.api.payAndWait({ source: this.accounts[from] ?? '', destination, amount, ...more })
  }
}

const spentOf = (answers: readonly ApiAnswer[]): number =>
  answers.filter((answer) => failureOf(answer) === 'succeeded').reduce((sum, { body }) => sum + Number(body.amount), 0)

describe('the limits of a client', () => {
  it(
    'hold for one payment, from whichever account, and are read as they were set',
    async () => {
      const shop = await Shop.open(2)
      const before = await ops.get(pathOf(shop.client))
      const nothing = { deposit: null, withdrawal: null, card: null }
      expect(before.body).toEqual({ client: shop.client, commissions: nothing, limits: [], revision: 0 })
      const limits = [{ currency: 'USD', per_payment: 100, per_day: null }]
      const set = await setTerms(shop.client, { limits })
      expect(set).toMatchObject({ status: 201, body: { client: shop.client, limits, revision: 1 } })
      const token = set.headers.get('consistency-token') ?? ''
      expect((await ops.get(pathOf(shop.client), { 'consistency-token': token })).body).toEqual(set.body)
      for (const from of [0, 1]) {
        expect(failureOf(await shop.pay(from, 100))).toBe('succeeded')
        expect(failureOf(await shop.pay(from, 101))).toBe('limit_exceeded')
        expect(failureOf(await shop.pay(from, 101, { capture: 'manual' }))).toBe('limit_exceeded')
      }
      expect((await setTerms(shop.client, {})).body).toMatchObject({ limits: [], revision: 2 })
      expect(failureOf(await shop.pay(0, 101))).toBe('succeeded')
    },
    TIMEOUT_MS,
  )

  it(
    'hold for a day of a hundred payments at once from twenty accounts, on all partitions and both workers',
    async () => {
      const shop = await Shop.open(20)
      await setTerms(shop.client, { limits: [{ currency: 'USD', per_day: 500 }] })
      const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => shop.pay(n % 20, 7 + (n % 5))))
      expect(new Set(answers.map(failureOf))).toEqual(new Set(['succeeded', 'limit_exceeded']))
      expect(spentOf(answers)).toBeLessThanOrEqual(500)
      expect(spentOf(answers)).toBeGreaterThan(500 - 7)
      const owner = databaseUrl(cluster.secrets, 'owner', cluster.settings.ports.primary)
      const [row] = await query<{ spent: string }>(owner, 'SELECT spent FROM client_limits WHERE client_id = $1', [
        shop.client,
      ])
      expect(Number(row?.spent)).toBe(spentOf(answers))
    },
    TIMEOUT_MS,
  )

  it(
    'of a day are not used up by an atomic batch that fails, and are by holds and withdrawals',
    async () => {
      const shop = await Shop.open(1)
      await setTerms(shop.client, { limits: [{ currency: 'USD', per_day: 100 }] })
      const payment = { source: shop.accounts[0], destination: cluster.demo.merchants[0], currency: 'USD' }
      const payments = [90, 20].map((amount) => ({ ...payment, amount }))
      const failed = await shop.api.post('/v1/payments/batch', { atomic: true, payments }, key())
      expect(failed.status).toBe(201)
      expect(failureOf(await shop.pay(0, 60, { capture: 'manual' }))).toBe('requires_capture')
      const withdrawal = { account: shop.accounts[0], amount: 30, currency: 'USD' }
      expect((await shop.api.post('/v1/withdrawals', withdrawal, { 'idempotency-key': randomUUID() })).status).toBe(202)
      expect(failureOf(await shop.pay(0, 11))).toBe('limit_exceeded')
      expect(failureOf(await shop.pay(0, 10))).toBe('succeeded')
      const again = await shop.api.post('/v1/withdrawals', withdrawal, key())
      expect(failureOf(again)).toBe('limit_exceeded')
    },
    TIMEOUT_MS,
  )
})

describe('the commissions of a client', () => {
  it(
    'count for what is posted from then on, and those of the settings for whatever is not said',
    async () => {
      const shop = await Shop.open(1)
      const account = shop.accounts[0] ?? ''
      const feeOf = async (path: string): Promise<unknown> => {
        const asked = await shop.api.post(path, { account, amount: 1000, currency: 'USD' }, key())
        return waitFor('the commission', async () => {
          const { body } = await shop.api.get(`/v1/payments/${String(asked.body.id)}`)
          return (body.bank as { fee?: number } | undefined)?.fee
        })
      }
      expect([await feeOf('/v1/deposits'), await feeOf('/v1/withdrawals')]).toEqual([20, 20])
      await setTerms(shop.client, { commissions: { deposit: 0, withdrawal: 150 } })
      expect([await feeOf('/v1/deposits'), await feeOf('/v1/withdrawals')]).toEqual([0, 15])
      await setTerms(shop.client, { commissions: { withdrawal: 55 } })
      expect([await feeOf('/v1/deposits'), await feeOf('/v1/withdrawals')]).toEqual([20, 6])
    },
    TIMEOUT_MS,
  )
})

describe('terms', () => {
  it(
    'are changed once by one key, which another body is refused under',
    async () => {
      const shop = await Shop.open(0)
      const headers = key()
      const terms = { commissions: { card: 1 } }
      const first = await setTerms(shop.client, terms, headers)
      await setTerms(shop.client, { commissions: { card: 2 } })
      const again = await setTerms(shop.client, terms, headers)
      expect([again.status, again.body]).toEqual([first.status, first.body])
      expect((await setTerms(shop.client, { commissions: { card: 3 } }, headers)).body.code).toBe(
        'idempotency_key_reused',
      )
      expect((await ops.get(pathOf(shop.client))).body).toMatchObject({ commissions: { card: 2 }, revision: 2 })
    },
    TIMEOUT_MS,
  )

  it.each<[string, object, number, string]>([
    ['more than everything', { commissions: { deposit: 10_001 } }, 422, 'validation_failed'],
    ['a fraction', { commissions: { deposit: 1.5 } }, 422, 'validation_failed'],
    ['a rail that there is not', { commissions: { cash: 1 } }, 422, 'validation_failed'],
    ['one currency twice', { limits: [{ currency: 'USD' }, { currency: 'USD' }] }, 422, 'validation_failed'],
    ['a currency that there is not', { limits: [{ currency: 'XXY', per_day: 1 }] }, 422, 'validation_failed'],
    ['less than nothing', { limits: [{ currency: 'USD', per_day: -1 }] }, 422, 'validation_failed'],
    ['no reason', { reason: '' }, 422, 'validation_failed'],
  ])('with %s are refused', async (_what, terms, status, code) => {
    const answer = await setTerms(1, terms)
    expect([answer.status, answer.body.code]).toEqual([status, code])
  })

  it('are nobody’s who is no client, nor the cluster’s own', async () => {
    for (const id of ['0', '2147483647', '2147483648', 'demo', '07', '-1']) {
      const path = `/v1/ops/clients/${id}/terms`
      const [set, read] = [await ops.post(path, { reason: REASON }, key()), await ops.get(path)]
      expect([id, set.status, read.status]).toEqual([id, 404, 404])
    }
  })

  it('are an operator’s alone', async () => {
    const answers = [await cluster.api.post(pathOf(1), { reason: REASON }, key()), await cluster.api.get(pathOf(1))]
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [403, 'forbidden'],
      [403, 'forbidden'],
    ])
  })
})
