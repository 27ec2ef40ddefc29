/** Payments by card: what a card leaves behind is its brand and its last four digits, and no more of it anywhere. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { brokenInvariants } from '@paycluster/testkit/broken-invariants'
import { ApiClient, type ApiAnswer } from '@paycluster/testkit/api-client'
import { everythingWritten, filesWith } from '@paycluster/testkit/everything-written'
import { CLUSTER_START_MS } from '@paycluster/testkit/test-cluster'
import { BankStage } from './bank-stage.ts'

const TIMEOUT_MS = 60_000
/** None that the documentation has as its example. */
const VISA = { number: '4012888888881881', expiry_month: 12, expiry_year: 2040, cvc: '739' }
const AMEX = { number: '378282246310005', expiry_month: 1, expiry_year: 2041, cvc: '7391' }
const DECLINED = { ...VISA, number: '4000000000000002' }

let stage: BankStage
const merchant = (): string => stage.cluster.demo.merchants[0] ?? ''

beforeAll(async () => {
  stage = await BankStage.start()
}, CLUSTER_START_MS)
afterAll(() => stage.stop(), CLUSTER_START_MS)

const pay = (card: object, more: object = {}, headers: Record<string, string> = {}): Promise<ApiAnswer> =>
  stage.cluster.api.post(
    '/v1/card-payments',
    { destination: merchant(), amount: 1000, currency: 'USD', card, ...more },
    { 'idempotency-key': randomUUID(), prefer: 'wait=10', ...headers },
  )

describe('a payment by card', () => {
  it(
    'reaches its account less a commission, and shows brand and last four digits',
    async () => {
      const paid = await pay(VISA, { bank_reference: 'BURGER BAR' })
      expect(paid).toMatchObject({
        status: 201,
        body: {
          status: 'succeeded',
          destination: merchant(),
          amount: 1000,
          bank: { rail: 'card', fee: 20, reference: 'BURGER BAR', card: { brand: 'visa', last4: '1881' } },
        },
      })
      const read = await stage.cluster.api.get(`/v1/payments/${String(paid.body.id)}`)
      expect(read.body).toEqual(paid.body)
      const entries = await stage.cluster.api.get(`/v1/accounts/${merchant()}/entries?limit=1`)
      expect(entries.body.data).toMatchObject([{ kind: 'card', amount: 980, payment_id: paid.body.id }])
      expect((await pay(AMEX)).body).toMatchObject({ bank: { card: { brand: 'american-express', last4: '0005' } } })
    },
    TIMEOUT_MS,
  )

  it(
    'costs what the terms of whoever is paid say, and not those of whoever asks',
    async () => {
      const { cluster } = stage
      const ops = new ApiClient(cluster.url, cluster.demo.opsKey)
      const key = () => ({ 'idempotency-key': randomUUID(), prefer: 'wait=5' })
      const client = await ops.post('/v1/ops/clients', { name: 'a shop' }, key())
      const scopes = ['payments:read', 'payments:write']
      const issued = await ops.post('/v1/ops/keys', { client_id: client.body.id, scopes, limit_tier: 'high' }, key())
      const shop = new ApiClient(cluster.url, String(issued.body.api_key))
      const opened = await shop.post('/v1/accounts', { kind: 'merchant', currency: 'USD' }, key())
      const terms = { commissions: { card: 55 }, reason: 'a test' }
      expect((await ops.post(`/v1/ops/clients/${String(client.body.id)}/terms`, terms, key())).status).toBe(201)
      const paid = await pay(VISA, { destination: opened.body.id })
      // 5.5 of 1,000, rounded half up.
      expect(paid.body).toMatchObject({ status: 'succeeded', bank: { fee: 6 } })
      expect((await shop.get(`/v1/accounts/${String(opened.body.id)}/balance`)).body.available).toBe(994)
      expect((await pay(VISA)).body).toMatchObject({ bank: { fee: 20 } })
    },
    TIMEOUT_MS,
  )

  it(
    'that the bank declines fails',
    async () => {
      const declined = await pay(DECLINED)
      expect(declined).toMatchObject({ status: 201, body: { status: 'failed', failure: { code: 'bank_declined' } } })
      const timeline = await stage.timeline(String(declined.body.id))
      expect(timeline.at(-1)).toMatchObject({ event: 'decline', actor: 'bank', cause: 'card_declined' })
    },
    TIMEOUT_MS,
  )

  it(
    'is one payment for one key, and another card is another body',
    async () => {
      const headers = { 'idempotency-key': randomUUID() }
      const [first, second] = [await pay(VISA, {}, headers), await pay(VISA, {}, headers)]
      expect(second.body).toEqual(first.body)
      expect(second.headers.get('idempotent-replayed')).toBe('true')
      expect(await pay(AMEX, {}, headers)).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
      await stage.mode({ failure: { kind: 'down' } })
      expect((await pay(VISA, {}, headers)).body).toEqual(first.body)
      await stage.calm()
    },
    TIMEOUT_MS,
  )

  it(
    'with a card that cannot be one is refused, and the card is not echoed',
    async () => {
      const wrong: [object, string][] = [
        [{ ...VISA, number: '4012888888881882' }, '/card/number'],
        [{ ...VISA, number: '4012-8888-8888-1881' }, '/card/number'],
        [{ ...VISA, cvc: '73' }, '/card/cvc'],
        [{ ...AMEX, cvc: '739' }, '/card/cvc'],
        [{ ...VISA, expiry_year: 2020 }, '/card/expiry_year'],
        [{ ...VISA, expiry_month: 0 }, '/card/expiry_month'],
        [{ ...VISA, holder: 'me' }, '/card/holder'],
      ]
      for (const [card, pointer] of wrong) {
        const answer = await pay(card)
        expect([answer.status, (answer.body.errors as { pointer: string }[])[0]?.pointer]).toEqual([422, pointer])
        expect(answer.text).not.toMatch(/8888|7391/)
      }
      expect(
        (await pay(VISA, { destination: `${merchant().slice(0, -6)}000000`.replace(/.{12}$/, '000000000000') })).status,
      ).toBe(404)
    },
    TIMEOUT_MS,
  )

  it(
    'without a vault that answers is refused, to come again',
    async () => {
      await stage.mode({ failure: { kind: 'down' } })
      const answer = await pay(VISA)
      expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable', retryable: true } })
      expect(answer.headers.get('retry-after')).not.toBeNull()
      await stage.calm()
      expect((await pay(VISA)).status).toBe(201)
    },
    TIMEOUT_MS,
  )
})

describe('afterwards', () => {
  it(
    'no number and no code is anywhere: not in logs, Kafka, PostgreSQL or its WAL, Redis, nor with the bank',
    async () => {
      const canaries = [VISA.number, AMEX.number, DECLINED.number, '"cvc":"739"', '"cvc":"7391"']
      const written = await everythingWritten(stage.cluster)
      // What would show a card shows what stands for one.
      expect(written.kafka).toContain('"last4":"1881"')
      expect(written.kafka).toContain('ctk_')
      for (const [place, text] of Object.entries(written))
        for (const canary of canaries) expect([place, canary, text.includes(canary)]).toEqual([place, canary, false])
      expect(filesWith(stage.cluster, canaries)).toEqual([])
      // And it would have been found.
      expect(filesWith(stage.cluster, ['"last4":"1881"']).length).toBeGreaterThan(1)
    },
    TIMEOUT_MS,
  )

  it(
    'every invariant holds',
    async () => {
      expect(await brokenInvariants(stage.cluster)).toEqual([])
    },
    TIMEOUT_MS,
  )
})
