/** Money moves once per key, and a bank that was killed knows what it has moved. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { ApiClient } from '@paycluster/testkit/api-client'
import { startBankSimulator, type TestBank } from '@paycluster/testkit/bank-simulator'
import { waitFor } from '@paycluster/testkit/wait-for'
import { BankClient } from './bank-client.ts'

let bank: TestBank
let client: BankClient

beforeAll(async () => {
  bank = await startBankSimulator()
  client = new BankClient(bank)
}, 30_000)
afterAll(() => bank.stop())
beforeEach(async () => {
  await bank.resetMode()
  await bank.control('DELETE', '/script')
})

const balanceOf = async (currency: string): Promise<number> =>
  ((await client.balances()) as Record<string, number>)[currency] ?? 0

describe('a transfer', () => {
  it('settles, moves the balance, and is found by its key', async () => {
    const collection = { type: 'collection', amount: 1250, currency: 'EUR', reference: 'top-up 1' }
    const answer = await client.transfer(collection, 'collect-1')
    expect(answer.status).toBe(201)
    expect(answer.body).toEqual({
      ...collection,
      id: expect.stringMatching(/^btr_[0-9a-f]{32}$/),
      idempotency_key: 'collect-1',
      status: 'settled',
      created_at: expect.any(String),
      settled_at: expect.any(String),
    })
    await client.transfer({ type: 'payout', amount: 50, currency: 'EUR' }, 'pay-out-1')
    expect(await balanceOf('EUR')).toBe(1200)
    expect((await client.operation('collect-1')).body).toEqual(answer.body)
    expect(await client.operation('never-sent')).toMatchObject({ status: 404, body: { code: 'not_found' } })
  })

  it('is done once for its key, however often it is sent', async () => {
    const before = await balanceOf('USD')
    const first = await client.collect(100, 'again')
    const second = await client.collect(100, 'again')
    expect(second).toMatchObject({ status: 201, text: first.text })
    expect(await balanceOf('USD')).toBe(before + 100)
  })

  it('is done once when its key comes many times at once', async () => {
    const before = await balanceOf('USD')
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.collect(100, 'at-once')))
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    expect(await balanceOf('USD')).toBe(before + 100)
  })

  it('is refused when its key belongs to another body', async () => {
    await client.collect(100, 'reused')
    const before = await balanceOf('USD')
    expect(await client.collect(101, 'reused')).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
    expect(await balanceOf('USD')).toBe(before)
  })

  it('that is declined stays declined for its key', async () => {
    const before = await balanceOf('USD')
    await bank.script({ for: { idempotency_key: 'closed' }, steps: ['decline:account_closed', 'settle'] })
    const first = await client.collect(100, 'closed')
    expect(first).toMatchObject({ status: 422, body: { code: 'declined', reason: 'account_closed' } })
    expect(await client.collect(100, 'closed')).toMatchObject({ status: 422, text: first.text })
    expect((await client.operation('closed')).body).toMatchObject({
      status: 'declined',
      decline_reason: 'account_closed',
      settled_at: null,
    })
    expect(await balanceOf('USD')).toBe(before)
  })

  it('cannot take the account beyond what JSON carries exactly', async () => {
    const most = { type: 'collection', amount: Number.MAX_SAFE_INTEGER, currency: 'JPY' }
    expect((await client.transfer(most)).status).toBe(201)
    expect((await client.transfer(most)).body).toMatchObject({ code: 'declined', reason: 'limit_exceeded' })
    expect(await balanceOf('JPY')).toBe(Number.MAX_SAFE_INTEGER)
  })

  it('that is pending settles by itself, and its key says so', async () => {
    const before = await balanceOf('USD')
    await bank.script({ steps: [{ kind: 'pending', settle_after_ms: 50 }] })
    expect(await client.collect(100, 'later')).toMatchObject({ status: 202, body: { status: 'pending' } })
    await waitFor('the transfer to settle', async () => (await client.operation('later')).body.status === 'settled')
    expect(await client.collect(100, 'later')).toMatchObject({ status: 201, body: { status: 'settled' } })
    expect(await balanceOf('USD')).toBe(before + 100)
  })

  it('that is pending may be declined in the end', async () => {
    await bank.script({ steps: [{ kind: 'pending', settle_after_ms: 50, decline_reason: 'account_closed' }] })
    await client.collect(100, 'no-in-the-end')
    await waitFor('its end', async () => (await client.operation('no-in-the-end')).body.status === 'declined')
    expect(await client.collect(100, 'no-in-the-end')).toMatchObject({ body: { reason: 'account_closed' } })
  })
})

describe('a refund', () => {
  it('pays back what came, in parts, and never more of it, also when all come at once', async () => {
    await client.collect(100, 'paid')
    const before = await balanceOf('USD')
    expect(await client.refund('paid', 40, 'back-1')).toMatchObject({
      status: 201,
      body: { type: 'refund', refund_of: 'paid', id: expect.stringMatching(/^brf_/), status: 'settled' },
    })
    const answers = await Promise.all(Array.from({ length: 10 }, () => client.refund('paid', 20)))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3)
    expect(answers.find(({ status }) => status === 422)?.body).toMatchObject({ reason: 'refund_exceeds_amount' })
    expect((await client.refund('paid', 40, 'back-1')).status).toBe(201)
    expect(await balanceOf('USD')).toBe(before - 100)
  })

  it('of what never came, went out, or was declined is declined', async () => {
    await client.transfer({ type: 'payout', amount: 10, currency: 'USD' }, 'went-out')
    await bank.script({ for: { idempotency_key: 'refused' }, steps: ['decline'] })
    await client.collect(10, 'refused')
    for (const key of ['never-came', 'went-out', 'refused'])
      expect((await client.refund(key, 10)).body).toMatchObject({ code: 'declined', reason: 'not_refundable' })
  })

  it('that is pending counts, and one that ends declined does not', async () => {
    await client.collect(100, 'slow')
    await bank.script({ for: { idempotency_key: 'declined' }, steps: [{ kind: 'pending', decline_reason: 'closed' }] })
    await bank.script({ for: { idempotency_key: 'pending' }, steps: [{ kind: 'pending', settle_after_ms: 60_000 }] })
    expect((await client.refund('slow', 100, 'declined')).status).toBe(202)
    expect((await client.refund('slow', 60, 'pending')).status).toBe(202)
    expect((await client.refund('slow', 41)).body).toMatchObject({ reason: 'refund_exceeds_amount' })
  })
})

describe('bad input', () => {
  const good = { type: 'collection', amount: 1, currency: 'USD' }

  it.each([
    ['an amount of 0', { ...good, amount: 0 }],
    ['a fraction', { ...good, amount: 1.5 }],
    ['an amount beyond 2^53-1', { ...good, amount: 2 ** 53 }],
    ['an amount as text', { ...good, amount: '1' }],
    ['an unknown currency', { ...good, currency: 'XXZ' }],
    ['an unknown type', { ...good, type: 'refund' }],
    ['a long reference', { ...good, reference: 'r'.repeat(101) }],
    ['a field that is not known', { ...good, note: 'hello' }],
    ['no object', []],
  ])('%s is 422', async (_what, body) => {
    expect(await client.transfer(body, 'bad-input')).toMatchObject({ status: 422, body: { code: 'validation_failed' } })
    expect((await client.operation('bad-input')).status).toBe(404)
  })

  it.each([
    ['no key', undefined, 'idempotency_key_missing'],
    ['a key with a blank', 'a b', 'idempotency_key_invalid'],
    ['a long key', 'k'.repeat(256), 'idempotency_key_invalid'],
  ])('%s is 400', async (_what, key, code) => {
    const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key }
    expect(await client.api.post('/v1/transfers', good, headers)).toMatchObject({ status: 400, body: { code } })
  })

  it('is told apart by its code', async () => {
    expect(await client.transfer('{"amount":', 'k')).toMatchObject({ status: 400, body: { code: 'malformed_json' } })
    expect(await client.transfer('x'.repeat(20_000), 'k')).toMatchObject({
      status: 413,
      body: { code: 'payload_too_large' },
    })
    expect(await client.api.get('/v1/operations')).toMatchObject({ status: 400, body: { code: 'invalid_parameter' } })
    expect(await client.api.get('/v1/nowhere')).toMatchObject({ status: 404, body: { code: 'not_found' } })
  })

  it.each([
    ['GET', '/v1/%zz', 400, 'malformed_request'],
    ['GET', `/v1/statements/${'2'.repeat(200)}.csv`, 414, 'uri_too_long'],
    ['PUT', '/v1/transfers', 404, 'not_found'],
    ['POST', '/v1/transfers', 415, 'unsupported_media_type'],
  ])('%s %.30s is %i, as a problem', async (method, path, status, code) => {
    const headers = { 'content-type': 'text/plain', authorization: `Bearer ${bank.apiKey}`, 'idempotency-key': 'k' }
    const response = await fetch(bank.url + path, { method, headers, ...(method === 'GET' ? {} : { body: 'hello' }) })
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(await response.json()).toMatchObject({ status, code })
  })

  it('without the key to the API is 401', async () => {
    for (const api of [new ApiClient(bank.url), new ApiClient(bank.url, 'another-key-of-some-length')]) {
      const answers = [await api.get('/v1/balance'), await api.post('/v1/transfers', good, { 'idempotency-key': 'k' })]
      for (const answer of answers) expect(answer).toMatchObject({ status: 401, body: { code: 'unauthorized' } })
    }
  })
})

describe('a bank that is killed', () => {
  it('knows what it has answered, and what is pending', async () => {
    const settled = await client.collect(700, 'before-the-kill')
    await bank.script({ for: { idempotency_key: 'declined-before' }, steps: ['decline:account_closed'] })
    const declined = await client.collect(1, 'declined-before')
    const usd = await balanceOf('USD')
    await bank.script({ steps: [{ kind: 'pending', settle_after_ms: 1500 }] })
    await client.transfer({ type: 'collection', amount: 30, currency: 'SEK' }, 'pending-before')

    await bank.kill()
    // As it is left by a kill in the middle of a line.
    appendFileSync(bank.journalPath, '{"record":"accepted","opera')
    await bank.start()

    expect(await balanceOf('USD')).toBe(usd)
    expect(await client.collect(700, 'before-the-kill')).toMatchObject({ status: 201, text: settled.text })
    expect(await client.collect(1, 'declined-before')).toMatchObject({ status: 422, text: declined.text })
    expect(await client.collect(2, 'declined-before')).toMatchObject({ body: { code: 'idempotency_key_reused' } })
    await waitFor('what was pending', async () => (await client.operation('pending-before')).body.status === 'settled')
    expect(await balanceOf('SEK')).toBe(30)
  })

  it('does not start from a journal that it cannot read', async () => {
    await bank.node.stop()
    const journal = readFileSync(bank.journalPath)
    appendFileSync(bank.journalPath, '{"record":"accepted"}\n')
    await expect(bank.start()).rejects.toMatchObject({ context: expect.stringContaining('is no record') })
    writeFileSync(bank.journalPath, journal)
    await bank.start()
  })
})
