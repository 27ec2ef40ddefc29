/** Deposits and withdrawals with a bank that fails in every way that it can: money moves once, or not at all. */
import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { bankCallbackSecret } from '@paycluster/cluster/nodes/bank-simulator'
import { databaseUrl } from '@paycluster/cluster/postgres/connection'
import { houseAccount } from '@paycluster/platform/ids/house-accounts'
import { brokenInvariants } from '@paycluster/testkit/broken-invariants'
import { query } from '@paycluster/testkit/query'
import { CLUSTER_START_MS } from '@paycluster/testkit/test-cluster'
import { waitFor } from '@paycluster/testkit/wait-for'
import { Webhook } from 'standardwebhooks'
import { describeRefunds } from './bank-refunds.ts'
import { BankStage } from './bank-stage.ts'

const TIMEOUT_MS = 120_000
let stage: BankStage

beforeAll(async () => {
  stage = await BankStage.start()
}, CLUSTER_START_MS)
afterAll(() => stage.stop(), CLUSTER_START_MS)
afterEach(async () => {
  await stage.calm()
  await everythingIsTrue()
}, TIMEOUT_MS)

/** Every invariant, and both books: what clearing owes is what lies at the bank. */
async function everythingIsTrue(): Promise<void> {
  expect(await brokenInvariants(stage.cluster)).toEqual([])
  const [clearing] = await query<{ posted: string }>(
    databaseUrl(stage.cluster.secrets, 'monitor', stage.cluster.settings.ports.primary),
    'SELECT posted FROM account_balances WHERE account_id = $1',
    [houseAccount('clearing', 'USD')],
  )
  expect(-Number(clearing?.posted)).toBe(await stage.bankBalance())
}

const events = async (id: string): Promise<string[]> => (await stage.timeline(id)).map(({ event }) => event)

describe('a deposit', () => {
  it(
    'is processing until the bank has settled it, less a commission of 2 %',
    async () => {
      await stage.mode({ latency_ms: { distribution: 'fixed', value: 300 } })
      const before = await stage.balance()
      const asked = await stage.ask('deposits', 1000, { bank_reference: 'salary' })
      expect(asked).toMatchObject({
        status: 202,
        body: { status: 'queued', bank: { rail: 'deposit', reference: 'salary' } },
      })
      const id = String(asked.body.id)
      await waitFor('it to be processing', async () => (await stage.payment(id)).status === 'processing')
      expect(await stage.balance()).toMatchObject({ posted: before.posted })
      expect(await stage.final(id)).toMatchObject({
        status: 'succeeded',
        amount: 1000,
        captured: 1000,
        version: 2,
        bank: { rail: 'deposit', fee: 20, reference: 'salary', card: null },
      })
      expect(await stage.balance()).toMatchObject({ posted: before.posted + 980 })
      expect(await stage.bankOperation(id)).toMatchObject({ status: 'settled', amount: 1000 })
      expect(await events(id)).toEqual(['accepted', 'posted', 'bank_request', 'settle'])
    },
    TIMEOUT_MS,
  )

  it(
    'is answered with its end when the client waits for it',
    async () => {
      const answer = await stage.ask('deposits', 500, {}, { prefer: 'wait=10' })
      expect(answer).toMatchObject({ status: 201, body: { status: 'succeeded', bank: { fee: 10 } } })
      expect(answer.headers.get('consistency-token')).not.toBeNull()
    },
    TIMEOUT_MS,
  )

  it(
    'is one payment for one key, also at the other resource',
    async () => {
      const headers = { 'idempotency-key': randomUUID() }
      const [first, second] = [
        await stage.ask('deposits', 70, {}, headers),
        await stage.ask('deposits', 70, {}, headers),
      ]
      expect(second.body.id).toBe(first.body.id)
      expect(second.headers.get('idempotent-replayed')).toBe('true')
      const other = await stage.ask('withdrawals', 70, {}, headers)
      expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
      await stage.final(String(first.body.id))
      expect(await stage.requestsOf(String(first.body.id))).toEqual(['POST'])
    },
    TIMEOUT_MS,
  )

  it(
    'that the bank declines fails, and moves nothing',
    async () => {
      await stage.script('d1', ['decline:account_closed'])
      const before = await stage.balance()
      const payment = await stage.move('deposits', 300, { bank_reference: 'd1' })
      expect(payment).toMatchObject({ status: 'failed', failure: { code: 'bank_declined' }, captured: 0 })
      expect(await stage.balance()).toMatchObject({ posted: before.posted })
      expect((await stage.timeline(payment.id)).at(-1)).toMatchObject({
        event: 'decline',
        actor: 'bank',
        cause: 'account_closed',
      })
    },
    TIMEOUT_MS,
  )
})

describe('a withdrawal', () => {
  it(
    'holds amount and commission while the bank is at it, and takes both',
    async () => {
      await stage.mode({ latency_ms: { distribution: 'fixed', value: 300 } })
      const before = await stage.balance()
      const id = String((await stage.ask('withdrawals', 1000)).body.id)
      await waitFor('it to be held', async () => (await stage.balance()).pending_out === before.pending_out + 1020)
      expect(await stage.balance()).toMatchObject({ posted: before.posted, available: before.available - 1020 })
      expect(await stage.final(id)).toMatchObject({ status: 'succeeded', bank: { fee: 20 } })
      expect(await stage.balance()).toMatchObject({ posted: before.posted - 1020, pending_out: before.pending_out })
    },
    TIMEOUT_MS,
  )

  it(
    'that the bank declines gives back what it held',
    async () => {
      await stage.script('w1', ['decline:account_closed'])
      const before = await stage.balance()
      expect(await stage.move('withdrawals', 300, { bank_reference: 'w1' })).toMatchObject({ status: 'failed' })
      expect(await stage.balance()).toMatchObject({ posted: before.posted, pending_out: before.pending_out })
    },
    TIMEOUT_MS,
  )

  it(
    'without funds fails before anybody asks the bank',
    async () => {
      const payment = await stage.move('withdrawals', Number.MAX_SAFE_INTEGER - 1)
      expect(payment).toMatchObject({
        status: 'failed',
        failure: { code: expect.stringMatching(/insufficient|limit/) },
      })
      expect(await stage.requestsOf(payment.id)).toEqual([])
    },
    TIMEOUT_MS,
  )
})

describe('the money moves once when the bank', () => {
  it.each<[what: string, steps: readonly unknown[], requests: RegExp]>([
    ['settles and never answers', ['success_then_timeout'], /^POST GET$/],
    ['takes the request and does nothing', ['timeout', 'settle'], /^POST( GET)+ POST$/],
    ['hangs up', ['connection_reset', 'settle'], /^POST( GET)+ POST$/],
    ['fails', ['http_500', 'http_500', 'settle'], /^POST( GET)+ POST( GET)+ POST$/],
    ['is unavailable', ['http_503', 'settle'], /^POST( GET)+ POST$/],
    ['has too much to do', [{ kind: 'rate_limited', retry_after_s: 0 }, 'settle'], /^POST POST$/],
    ['will decide later', [{ kind: 'pending', settle_after_ms: 300 }], /^POST( GET)+$/],
  ])(
    '%s',
    async (_, steps, requests) => {
      const reference = randomUUID()
      await stage.script(reference, steps)
      const before = await stage.balance()
      const payment = await stage.move('withdrawals', 100, { bank_reference: reference })
      expect(payment).toMatchObject({ status: 'succeeded' })
      expect(await stage.balance()).toMatchObject({ posted: before.posted - 102, pending_out: before.pending_out })
      expect((await stage.requestsOf(payment.id)).join(' ')).toMatch(requests)
    },
    TIMEOUT_MS,
  )

  it(
    'is down for a while: what is asked meanwhile is accepted, waits, and is done',
    async () => {
      await stage.mode({ failure: { kind: 'down' } })
      const asked = await Promise.all(Array.from({ length: 40 }, (_, n) => stage.ask('deposits', 100 + n)))
      expect(asked.map(({ status }) => status)).toEqual(asked.map(() => 202))
      const ids = asked.map(({ body }) => String(body.id))
      await waitFor('the circuit to open', async () => (await circuits()).includes(1), { timeoutMs: 30_000 })
      // A bank that is tried again and again in vain uses up no payment's attempts.
      const tried = await triedInVain()
      await waitFor('more tries than one payment has', async () => (await triedInVain()) > tried + 12, {
        timeoutMs: 30_000,
      })
      for (const id of ids) expect((await stage.payment(id)).status).toBe('processing')
      await stage.calm()
      for (const id of ids) expect(await stage.final(id)).toMatchObject({ status: 'succeeded' })
      await waitFor('the circuit to close', async () => (await circuits()).includes(0), { timeoutMs: 30_000 })
    },
    TIMEOUT_MS,
  )
})

/** 1 for each worker that holds requests back. */
const circuits = (): Promise<number[]> => metric(/^bank_circuit_open(?:\{.*\})? (\d)/gm)
/** Requests that reached nobody. */
const triedInVain = async (): Promise<number> =>
  (await metric(/^bank_request_seconds_count\{.*result="not_done".*\} (\d+)/gm)).reduce((sum, count) => sum + count, 0)

/** Of each worker, over all of its labels. */
async function metric(pattern: RegExp): Promise<number[]> {
  const { paymentWorkerAdmin } = stage.cluster.settings.ports
  const texts = await Promise.all(
    [0, 1].map(async (n) => (await fetch(`http://127.0.0.1:${paymentWorkerAdmin + n}/metrics`)).text()),
  )
  return texts.map((text) => [...text.matchAll(pattern)].reduce((sum, [, value]) => sum + Number(value), 0))
}

describeRefunds(() => stage)

describe('a callback of the bank', () => {
  const send = (body: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${stage.cluster.url}/bank/callbacks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    })
  const signed = (id: string, secret: string, body: string): Record<string, string> => {
    const at = new Date()
    return {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, at, body),
    }
  }
  /** A deposit of which the bank has said that it decides later, in an hour. */
  const undecided = async (): Promise<string> => {
    const reference = randomUUID()
    await stage.script(reference, [{ kind: 'pending', settle_after_ms: 3_600_000 }])
    const asked = await stage.ask('deposits', 100, { bank_reference: reference })
    const id = String(asked.body.id)
    await waitFor('the bank’s answer to be known', async () => (await timesAsked(id)) === 1)
    return id
  }
  const timesAsked = async (id: string): Promise<number> =>
    (await events(id)).filter((event) => event.startsWith('bank_')).length

  it(
    'ends what was pending at once, however many copies of it come',
    async () => {
      await stage.mode({ pending: { share: 1, settle_after_ms: 100 }, callbacks: 'all', callback_copies: 5 })
      const before = await stage.balance()
      const asked = await Promise.all(Array.from({ length: 20 }, () => stage.ask('deposits', 100)))
      for (const { body } of asked) expect(await stage.final(String(body.id))).toMatchObject({ status: 'succeeded' })
      expect(await stage.balance()).toMatchObject({ posted: before.posted + 20 * 98 })
    },
    TIMEOUT_MS,
  )

  it(
    'is not believed: the bank is asked',
    async () => {
      const id = await undecided()
      const body = JSON.stringify({ id: 'op_1', idempotency_key: id, status: 'settled', amount: 100 })
      const secret = bankCallbackSecret(stage.cluster.secrets)
      expect((await send(body, signed('msg_1', secret, body))).status).toBe(204)
      await waitFor('the bank to be asked', async () => (await timesAsked(id)) === 2)
      expect((await stage.payment(id)).status).toBe('processing')
    },
    TIMEOUT_MS,
  )

  it(
    'of somebody else is refused, and of nobody’s payment taken and forgotten',
    async () => {
      const id = await undecided()
      const body = JSON.stringify({ idempotency_key: id })
      const other = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
      for (const headers of [{}, signed('msg_1', other, body), { ...signed('msg_1', other, body), 'webhook-id': '' }]) {
        const refused = await send(body, headers)
        expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([401, 'signature_invalid'])
      }
      const secret = bankCallbackSecret(stage.cluster.secrets)
      for (const odd of ['{}', '[]', '{"idempotency_key":"pay_1"}', '{"idempotency_key":7}'])
        expect((await send(odd, signed('msg_2', secret, odd))).status).toBe(204)
      expect((await send('x'.repeat(20_000))).status).toBe(413)
      expect((await fetch(`${stage.cluster.url}/bank/callbacks`)).status).toBe(405)
      expect(await timesAsked(id)).toBe(1)
    },
    TIMEOUT_MS,
  )
})

describe('a worker that is killed', () => {
  it(
    'between the bank’s answer and its command moves nothing twice',
    async () => {
      const before = await stage.balance()
      // Each is settled by the bank at once, and answered late: the workers die with the answers on their way.
      await stage.mode({ latency_ms: { distribution: 'uniform', min: 50, max: 400 } })
      const asked = await Promise.all(Array.from({ length: 60 }, () => stage.ask('withdrawals', 100)))
      const ids = asked.map(({ body }) => String(body.id))
      await waitFor(
        'the bank to have settled some',
        async () => (await stage.bankOperation(ids[0] ?? '')) !== undefined,
      )
      for (const worker of ['payment-worker-1', 'payment-worker-2']) await stage.cluster.node(worker).kill('SIGKILL')
      for (const id of ids) expect(await stage.final(id)).toMatchObject({ status: 'succeeded' })
      expect(await stage.balance()).toMatchObject({ posted: before.posted - 60 * 102, pending_out: before.pending_out })
    },
    TIMEOUT_MS,
  )
})

describe('many at once', () => {
  it(
    'use a bounded number of connections',
    async () => {
      await stage.mode({ latency_ms: { distribution: 'fixed', value: 100 } })
      const asked = await Promise.all(Array.from({ length: 200 }, () => stage.ask('deposits', 10)))
      for (const { body } of asked) expect(await stage.final(String(body.id))).toMatchObject({ status: 'succeeded' })
      expect((await stage.counters()).connections.peak).toBeLessThanOrEqual(2 * 256)
    },
    TIMEOUT_MS,
  )
})

describe('bad input', () => {
  it(
    'is refused, and asks nothing of the bank',
    async () => {
      const other = stage.cluster.demo.merchants[0] ?? ''
      const wrong: [object, number][] = [
        [{ amount: 0 }, 422],
        [{ amount: 1.5 }, 422],
        [{ amount: '100' }, 422],
        [{ amount: 2 ** 53 }, 422],
        [{ currency: 'XYZ' }, 422],
        [{ account: 'acc_nobody' }, 422],
        [{ account: other.slice(0, -6) + '000000' }, 404],
        [{ card: '4242' }, 422],
        [{ description: 'card 4242 4242 4242 4242' }, 422],
        [{ metadata: { card: '4242424242424242' } }, 422],
        [{ bank_reference: 'x'.repeat(101) }, 422],
      ]
      for (const kind of ['deposits', 'withdrawals'] as const)
        for (const [more, status] of wrong)
          expect([more, (await stage.ask(kind, 100, more)).status]).toEqual([more, status])
      const body = { account: stage.account, amount: 1, currency: 'USD' }
      expect((await stage.cluster.api.post('/v1/deposits', body)).status).toBe(400)
    },
    TIMEOUT_MS,
  )

  it(
    'of another currency than the account’s fails the payment',
    async () => {
      expect(await stage.move('deposits', 100, { currency: 'EUR' })).toMatchObject({
        status: 'failed',
        failure: { code: 'currency_mismatch' },
      })
    },
    TIMEOUT_MS,
  )
})
