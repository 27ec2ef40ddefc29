/** Every way in which the bank fails, as a client of it sees it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { startBankSimulator, type TestBank } from '@paycluster/testkit/bank-simulator'
import { waitFor } from '@paycluster/testkit/wait-for'
import { BankClient } from './bank-client.ts'

/** As long as a client of these tests waits for an answer that does not come. */
const PATIENCE_MS = 300

let bank: TestBank
let client: BankClient

beforeAll(async () => {
  bank = await startBankSimulator({ env: { BANK_SEED: '7' } })
  client = new BankClient(bank)
}, 30_000)
afterAll(() => bank.stop())
beforeEach(async () => {
  await bank.resetMode()
  await bank.control('DELETE', '/script')
  await bank.control('DELETE', '/counters')
})

interface Counts {
  readonly requests: Record<string, number>
  readonly connections: { open: number; peak: number; accepted: number }
  readonly in_flight: Record<string, { now: number; peak: number }>
}
const counters = async (): Promise<Counts> => (await bank.control('GET', '/counters')) as Counts
const requests = async (): Promise<unknown[]> =>
  ((await bank.control('GET', '/requests')) as { requests: unknown[] }).requests

/** A collection by a client that waits only so long. */
const impatient = (key: string): Promise<Response> =>
  fetch(`${bank.url}/v1/transfers`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${bank.apiKey}`,
      'content-type': 'application/json',
      'idempotency-key': key,
    },
    body: JSON.stringify({ type: 'collection', amount: 5, currency: 'CHF' }),
    signal: AbortSignal.timeout(PATIENCE_MS),
  })
const inFrancs = async (): Promise<number> => ((await client.balances()) as { CHF?: number }).CHF ?? 0

describe('a failure', () => {
  it.each([
    ['http_500', 500, 'internal_error', null],
    ['http_503', 503, 'unavailable', '1'],
    ['rate_limited', 429, 'rate_limited', '1'],
    ['http_400', 400, 'bad_request', null],
  ])('%s answers %i, moves nothing, and is not remembered', async (kind, status, code, retryAfter) => {
    await bank.setMode({ failure: { kind } })
    const answer = await client.collect(5, `key-${kind}`)
    expect(answer).toMatchObject({ status, body: { status, code } })
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(answer.headers.get('retry-after')).toBe(retryAfter)
    expect((await client.operation(`key-${kind}`)).status).toBe(404)
    await bank.resetMode()
    expect((await client.collect(5, `key-${kind}`)).status).toBe(201)
  })

  it('says when to come again', async () => {
    await bank.setMode({ failure: { kind: 'rate_limited', retry_after_s: 7 } })
    expect((await client.collect(5)).headers.get('retry-after')).toBe('7')
  })

  it('timeout holds the connection in silence, and moves nothing', async () => {
    const before = await inFrancs()
    await bank.script({ steps: ['timeout'] })
    await expect(impatient('silence')).rejects.toMatchObject({ name: 'TimeoutError' })
    expect((await client.operation('silence')).status).toBe(404)
    expect(await inFrancs()).toBe(before)
  })

  it('success_then_timeout moves money, and says nothing', async () => {
    const before = await inFrancs()
    await bank.script({ steps: ['success_then_timeout', 'http_503', 'settle'] })
    await expect(impatient('moved')).rejects.toMatchObject({ name: 'TimeoutError' })
    expect((await client.operation('moved')).body).toMatchObject({ status: 'settled' })
    expect((await impatient('moved')).status).toBe(503)
    expect((await impatient('moved')).status).toBe(201)
    expect(await inFrancs()).toBe(before + 5)
  })

  it('connection_reset cuts the connection, and moves nothing', async () => {
    await bank.script({ steps: ['connection_reset'] })
    await expect(impatient('reset')).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } })
    expect((await client.operation('reset')).status).toBe(404)
  })

  it('down refuses connections until the mode ends', async () => {
    await bank.setMode({ failure: { kind: 'down' } })
    for (const call of [() => impatient('down'), () => fetch(`${bank.url}/healthz`), () => client.operation('x')])
      await expect(call()).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
    expect((await counters()).connections.open).toBe(0)
    await bank.resetMode()
    expect((await client.operation('down')).status).toBe(404)
    expect((await impatient('down')).status).toBe(201)
  })

  it('meets the share of the requests that it is to meet', async () => {
    await bank.setMode({ failure: { kind: 'http_500', share: 0.5 }, latency_ms: { distribution: 'fixed', value: 0 } })
    const answers = await Promise.all(Array.from({ length: 200 }, () => client.collect(1)))
    const failed = answers.filter(({ status }) => status === 500).length
    // Six standard deviations of a coin that is thrown 200 times; which side falls is given by the seed.
    expect(failed).toBeGreaterThan(57)
    expect(failed).toBeLessThan(143)
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(200 - failed)
  })
})

describe('a stop', () => {
  it('answers what is under way, and cuts what is held', async () => {
    await bank.setMode({ latency_ms: { distribution: 'fixed', value: 1000 } })
    await bank.script({ for: { idempotency_key: 'held-to-the-end' }, steps: ['timeout'] })
    const slow = client.collect(1, 'slow-to-the-end')
    const held = expect(client.collect(1, 'held-to-the-end')).rejects.toThrow('fetch failed')
    await waitFor('both in flight', async () => (await counters()).in_flight['POST /v1/transfers']?.now === 2)
    await bank.node.stop()
    expect((await slow).status).toBe(201)
    await held
    expect(bank.log()).toContain('"signal":"SIGTERM","msg":"stopping"')
    await bank.start()
    expect((await client.operation('slow-to-the-end')).body).toMatchObject({ status: 'settled' })
  })
})

describe('a mode', () => {
  it('starts as one in which everything settles in 20 ms', async () => {
    expect(await bank.control('GET', '/mode')).toEqual({
      latency_ms: { distribution: 'fixed', value: 20 },
      failure: { kind: 'none', share: 1 },
      decline_share: 0,
      pending: { share: 0, settle_after_ms: 1000 },
      callbacks: 'pending',
      callback_copies: 1,
    })
  })

  it('changes in the parts that are given', async () => {
    await bank.setMode({ decline_share: 1 })
    await bank.setMode({ latency_ms: { distribution: 'uniform', min: 0, max: 10 } })
    expect(await client.collect(1)).toMatchObject({ status: 422, body: { reason: 'insufficient_funds' } })
    await bank.setMode({ decline_share: 0, pending: { share: 1, settle_after_ms: 0 } })
    expect((await client.collect(1)).status).toBe(202)
  })

  it('ends also for a client that sends a type and no body', async () => {
    await bank.setMode({ decline_share: 1 })
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${bank.controlUrl}/mode`, { method: 'DELETE', headers })
    expect(await response.json()).toMatchObject({ decline_share: 0 })
    expect((await fetch(`${bank.controlUrl}/mode`, { method: 'PUT', headers })).status).toBe(422)
  })

  it('takes its time', async () => {
    await bank.setMode({ latency_ms: { distribution: 'fixed', value: PATIENCE_MS + 200 } })
    await expect(impatient('slow')).rejects.toMatchObject({ name: 'TimeoutError' })
    expect((await client.operation('slow')).body).toMatchObject({ status: 'settled' })
  })

  it.each([
    ['an unknown kind', { failure: { kind: 'on_fire' } }, '/failure/kind'],
    ['a share above 1', { decline_share: 1.1 }, '/decline_share'],
    ['down for some', { failure: { kind: 'down', share: 0.5 } }, '/failure/share'],
    ['min above max', { latency_ms: { distribution: 'uniform', min: 2, max: 1 } }, '/latency_ms/min'],
    ['an unknown part', { weather: 'bad' }, ''],
  ])('with %s is 422, and changes nothing', async (_what, change, pointer) => {
    const before = await bank.control('GET', '/mode')
    const response = await fetch(`${bank.controlUrl}/mode`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ callback_copies: 2, ...change }),
    })
    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({ code: 'validation_failed', errors: [{ pointer }] })
    expect(await bank.control('GET', '/mode')).toEqual(before)
  })
})

describe('a script', () => {
  it('is taken step by step, by those whom it is for', async () => {
    const steps = ['http_500', { kind: 'rate_limited', retry_after_s: 2 }, 'decline:account_closed']
    await bank.script({ for: { reference: 'order-1' }, steps })
    await bank.script({ steps: ['http_503'] })
    const ask = async (reference: string): Promise<number> =>
      (await client.transfer({ type: 'payout', amount: 1, currency: 'USD', reference })).status
    expect(await ask('order-1')).toBe(500)
    expect(await ask('order-2')).toBe(503)
    expect(await ask('order-1')).toBe(429)
    expect(await ask('order-2')).toBe(201)
    expect(await bank.control('GET', '/script')).toEqual({
      entries: [{ for: { reference: 'order-1' }, steps: [{ kind: 'decline', reason: 'account_closed' }] }],
    })
    expect(await ask('order-1')).toBe(422)
    expect(await bank.control('GET', '/script')).toEqual({ entries: [] })
    expect(await ask('order-1')).toBe(201)
  })

  it('comes before the mode', async () => {
    await bank.setMode({ failure: { kind: 'http_500' } })
    await bank.script({ steps: ['settle'] })
    expect((await client.collect(1)).status).toBe(201)
    expect((await client.collect(1)).status).toBe(500)
  })

  it('is bounded', async () => {
    const steps = Array.from({ length: 1000 }, () => 'settle')
    for (let entries = 0; entries < 10; entries += 1) await bank.script({ steps })
    await expect(bank.script({ steps: ['settle'] })).rejects.toThrow('script_full')
    await expect(bank.script({ steps: ['explode'] })).rejects.toThrow('validation_failed')
    await expect(bank.script({ steps: [] })).rejects.toThrow('validation_failed')
  })
})

describe('what the bank saw', () => {
  it('is kept with what was done', async () => {
    await bank.script({ for: { idempotency_key: 'seen' }, steps: ['http_503', 'timeout'] })
    await client.collect(1, 'seen')
    await expect(impatient('seen')).rejects.toMatchObject({ name: 'TimeoutError' })
    await client.operation('seen')
    const seen = await waitFor('all three to be over', async () => {
      const all = await requests()
      return all.length === 3 && all
    })
    const post = { method: 'POST', path: '/v1/transfers', idempotency_key: 'seen' }
    expect(seen).toMatchObject([
      { ...post, behaviour: 'http_503', status: 503 },
      { ...post, behaviour: 'timeout', status: null },
      { method: 'GET', path: '/v1/operations?idempotency_key=seen', behaviour: null, status: 404 },
    ])
    expect((await counters()).requests).toEqual({ 'POST /v1/transfers': 2, 'GET /v1/operations': 1 })
  })

  it('counts what is under way at once', async () => {
    await bank.script({ for: { idempotency_key: 'held' }, steps: ['timeout', 'timeout', 'timeout'] })
    const held = Array.from({ length: 3 }, () => impatient('held').catch((error: unknown) => error))
    await waitFor('three in flight', async () => (await counters()).in_flight['POST /v1/transfers']?.now === 3)
    expect((await counters()).connections.open).toBeGreaterThanOrEqual(3)
    await Promise.all(held)
    await waitFor('none in flight', async () => (await counters()).in_flight['POST /v1/transfers']?.now === 0)
    expect((await counters()).in_flight['POST /v1/transfers']).toEqual({ now: 0, peak: 3 })
  })

  it('is in its metrics', async () => {
    await client.collect(1)
    const metrics = await (await fetch(`${bank.controlUrl}/metrics`)).text()
    expect(metrics).toMatch(/bank_requests_total\{route="POST \/v1\/transfers",behaviour="settle",status="201".*\} \d+/)
  })
})
