import { beforeAll, describe, expect, it } from '@jest/globals'
import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { serviceSocket } from '@paycluster/cluster/nodes/service-sockets'
import { databaseUrl } from '@paycluster/cluster/postgres/connection'
import { problemSchema, RESOURCES, type ProblemCode } from '@paycluster/contracts'
import { paymentKey } from '@paycluster/platform/cache/cache-keys'
import { parseConsistencyToken } from '@paycluster/platform/consistency/consistency-token'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import { ApiClient, type ApiAnswer } from '@paycluster/testkit/api-client'
import { makeClient } from '@paycluster/testkit/make-client'
import { query } from '@paycluster/testkit/query'
import { waitFor } from '@paycluster/testkit/wait-for'
import { send } from '../../gateway/test/send.ts'
import { cluster } from './stage.ts'

/** The contract, through the gateway of a real cluster. */
let api: ApiClient
let source: string
let destination: string

beforeAll(() => {
  api = cluster.api
  source = cluster.demo.customers[0] ?? ''
  destination = cluster.demo.merchants[0] ?? ''
})

const clientNamed = async (name: string): Promise<ApiClient> => (await makeClient(cluster, name)).api

function expectProblem(answer: ApiAnswer, status: number, code: ProblemCode): void {
  expect([answer.status, answer.body.code]).toEqual([status, code])
  expect(answer.headers.get('content-type')).toContain('application/problem+json')
  const problem = problemSchema.parse(answer.body)
  expect(problem.request_id).toBe(answer.headers.get('x-request-id'))
  expect(answer.text).not.toMatch(/select |insert |node_modules|at .*\.js/i)
}

const payment = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  source,
  destination,
  amount: 100,
  currency: 'USD',
  ...more,
})
const withKey = (): Record<string, string> => ({ 'idempotency-key': randomUUID() })
const balanceOf = async (account: string): Promise<number> =>
  Number((await api.get(`/v1/accounts/${account}/balance`)).body.available)

/** An id that this cluster issued, with the owner's tag altered. */
const withAnotherOwner = (id: string): string => id.slice(0, -1) + (id.endsWith('0') ? '1' : '0')

describe('a payment', () => {
  it('is accepted, becomes final, and is read back with its version, source and age', async () => {
    // The demo's money is in the ledger; the worker may be about to say so to the cache.
    const before = await waitFor('the demo’s money', async () => (await balanceOf(source)) || undefined)
    const accepted = await api.pay({ source, destination, amount: 250, reference: randomUUID() })
    expect([accepted.status, accepted.body.status]).toEqual([202, 'queued'])
    expect(accepted.headers.get('location')).toBe(`/v1/payments/${String(accepted.body.id)}`)
    const final = await waitFor('the payment to be final', async () => {
      const read = await api.get(`/v1/payments/${String(accepted.body.id)}`)
      expect(read.status).toBe(200)
      return read.body.status === 'queued' ? undefined : read
    })
    expect(final.body).toMatchObject({ status: 'succeeded', amount: 250, failure: null })
    expect(final.headers.get('x-data-source')).toMatch(/^(cache|replica:replica-[12]|primary)$/)
    expect(Date.parse(final.headers.get('x-as-of') ?? '')).toBeGreaterThan(0)
    const token = final.headers.get('consistency-token') ?? ''
    const balance = await api.get(`/v1/accounts/${source}/balance`, { 'consistency-token': token })
    expect(balance.body.available).toBe(before - 250)
    const etag = balance.headers.get('etag') ?? ''
    expect(etag).toBe(`"${String(balance.body.version)}"`)
    expect((await api.get(`/v1/accounts/${source}/balance`, { 'if-none-match': etag })).status).toBe(304)
    const statement = await api.get(`/v1/accounts/${source}/entries?limit=1`, { 'consistency-token': token })
    expect(statement.body.data).toMatchObject([
      { payment_id: accepted.body.id, amount: -250, balance_after: before - 250 },
    ])
  })

  it('is on the statement that was read before, without a node being asked again', async () => {
    const path = `/v1/accounts/${source}/entries?limit=2`
    await api.get(path)
    const paid = await api.payAndWait({ source, destination, amount: 7 })
    const statement = await api.get(path, { 'consistency-token': paid.headers.get('consistency-token') ?? '' })
    expect(statement.headers.get('x-data-source')).toBe('cache')
    expect(statement.body.data).toMatchObject([{ payment_id: paid.body.id, amount: -7 }, {}])
    expect(statement.body.next_cursor).not.toBeNull()
  })

  it('is declined for what the ledger forbids, and moves nothing', async () => {
    const before = await balanceOf(source)
    const reference = randomUUID()
    expect((await api.payAndWait({ source, destination, amount: 1, reference })).body.status).toBe('succeeded')
    const failures: [Record<string, unknown>, string][] = [
      [{ amount: Number.MAX_SAFE_INTEGER }, 'insufficient_funds'],
      [{ currency: 'EUR' }, 'currency_mismatch'],
      [{ destination: source }, 'same_account'],
      [{ destination: withAnotherOwner(destination) }, 'account_not_found'],
      [{ destination: withAnotherOwner(source) }, 'account_not_found'],
      [{ reference }, 'duplicate_reference'],
    ]
    for (const [change, code] of failures) {
      const answer = await api.payAndWait({ source, destination, amount: 1, ...change })
      expect([answer.status, answer.body.status, answer.body.failure]).toMatchObject([201, 'failed', { code }])
    }
    expect(await balanceOf(source)).toBe(before - 1)
  })

  it('is one payment, however often it is sent, and refuses another body under its key', async () => {
    const before = await balanceOf(source)
    const headers = withKey()
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.post('/v1/payments', payment(), headers)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]))
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    const again = await api.post('/v1/payments', payment(), headers)
    expect([again.headers.get('idempotent-replayed'), again.body.id]).toEqual(['true', answers[0]?.body.id])
    expectProblem(await api.post('/v1/payments', payment({ amount: 101 }), headers), 422, 'idempotency_key_reused')
    await waitFor('the one payment', async () => (await balanceOf(source)) === before - 100)
  })
})

describe('a payment to another client', () => {
  it('tells neither of them, in its token, how much the other pays and is paid', async () => {
    const payee = await clientNamed('shop')
    const opened = await payee.post('/v1/accounts', { kind: 'merchant', currency: 'USD' }, withKey())
    const order = { source, destination: String(opened.body.id), amount: 1 }
    const paid = await api.payAndWait(order)
    const path = `/v1/payments/${String(paid.body.id)}`
    // Once from the cache, as the worker wrote it, and once from the ledger.
    const cached = await payee.get(path)
    const redis = new Redis(`redis://127.0.0.1:${String(cluster.settings.ports.redis)}`)
    await redis.del(paymentKey(String(paid.body.id)))
    redis.disconnect()
    const read = await payee.get(path)
    expect([cached, read].map(({ headers }) => headers.get('x-data-source'))).toEqual([
      'cache',
      expect.not.stringMatching('cache'),
    ])
    for (const { headers } of [paid, cached, read]) {
      const token = parseConsistencyToken(headers.get('consistency-token') ?? '')
      expect([token?.versions.size, (token?.lsn ?? 0n) > 0n]).toEqual([0, true])
    }
    const own = await api.payAndWait({ ...order, destination })
    expect(parseConsistencyToken(own.headers.get('consistency-token') ?? '')?.versions.size).toBe(2)
  })

  it('is read by its payee from the moment it is accepted, and by nobody else', async () => {
    const [payee, stranger] = [await clientNamed('payee'), await clientNamed('stranger')]
    const opened = await payee.post('/v1/accounts', { kind: 'merchant', currency: 'USD' }, withKey())
    expect(opened.status).toBe(201)
    const worker = cluster.node('payment-worker-1')
    await worker.stop()
    const accepted = await api.pay({ source, destination: String(opened.body.id), amount: 3 })
    const path = `/v1/payments/${String(accepted.body.id)}`
    expect((await payee.get(path)).body).toEqual(accepted.body)
    expectProblem(await stranger.get(path), 404, 'not_found')
    await worker.start()
    await waitFor('the payee to see it final', async () => (await payee.get(path)).body.status === 'succeeded')
    expectProblem(await stranger.get(path), 404, 'not_found')
  }, 60_000)
})

describe('bad input', () => {
  it.each<[string, unknown, number, ProblemCode]>([
    ['malformed JSON', '{"source":', 400, 'malformed_json'],
    ['a body that is no object', '[]', 422, 'validation_failed'],
    ['a prototype', '{"__proto__":{"amount":1}}', 400, 'malformed_json'],
    ['an extra field', payment.bind(null, { admin: true }), 422, 'validation_failed'],
    ['a fraction', payment.bind(null, { amount: 12.5 }), 422, 'validation_failed'],
    ['an amount as text', payment.bind(null, { amount: '1250' }), 422, 'validation_failed'],
    ['an amount past all integers', payment.bind(null, { amount: 1e21 }), 422, 'validation_failed'],
    ['an amount past 2^53-1', payment.bind(null, { amount: 2 ** 53 }), 422, 'validation_failed'],
    ['a fraction that would round to 2^53-1', () => withAmount('9007199254740991.4'), 422, 'validation_failed'],
    ['a fraction that would round to 12', () => withAmount('12.0000000000000001'), 422, 'validation_failed'],
    ['bytes that are not UTF-8', () => withBytes([0xff, 0xc0, 0x80]), 400, 'malformed_json'],
    ['a negative amount', payment.bind(null, { amount: -1 }), 422, 'validation_failed'],
    ['nothing', payment.bind(null, { amount: 0 }), 422, 'validation_failed'],
    ['an unknown currency', payment.bind(null, { currency: 'XXQ' }), 422, 'validation_failed'],
    ['a null byte', payment.bind(null, { description: 'a\u0000b' }), 422, 'validation_failed'],
    ['a long description', payment.bind(null, { description: 'x'.repeat(501) }), 422, 'validation_failed'],
    ['too much metadata', payment.bind(null, { metadata: many(17) }), 422, 'validation_failed'],
    ['an oversize body', payment.bind(null, { description: 'x'.repeat(70_000) }), 413, 'payload_too_large'],
  ])('%s is refused with a code', async (_, body, status, code) => {
    const before = await balanceOf(source)
    const sent: unknown = typeof body === 'function' ? (body as () => unknown)() : body
    expectProblem(await api.post('/v1/payments', sent, withKey()), status, code)
    expect(await balanceOf(source)).toBe(before)
  })

  it('of headers and parameters is refused with a code', async () => {
    expectProblem(await api.post('/v1/payments', payment()), 400, 'idempotency_key_missing')
    expectProblem(
      await api.post('/v1/payments', payment(), { 'idempotency-key': 'x'.repeat(256) }),
      400,
      'idempotency_key_invalid',
    )
    expectProblem(
      await api.post('/v1/payments', payment(), { ...withKey(), prefer: 'wait=x' }),
      400,
      'invalid_preference',
    )
    const utf16 = { ...withKey(), 'content-type': 'application/json; charset=utf-16' }
    expectProblem(await api.post('/v1/payments', payment(), utf16), 415, 'unsupported_media_type')
    const zipped = { ...withKey(), 'content-encoding': 'gzip' }
    expectProblem(await api.post('/v1/payments', payment(), zipped), 415, 'unsupported_media_type')
    // What two headers of that name become.
    const twice = { 'idempotency-key': 'a, a' }
    expectProblem(await api.post('/v1/payments', payment(), twice), 400, 'idempotency_key_invalid')
    const asText = { ...withKey(), 'content-type': 'text/plain' }
    expectProblem(await api.post('/v1/payments', payment(), asText), 415, 'unsupported_media_type')
    expectProblem(await api.get('/v1/payments?colour=red'), 400, 'unknown_parameter')
    expectProblem(await api.get('/v1/payments?limit=0'), 400, 'invalid_parameter')
    expectProblem(await api.get('/v1/payments?limit=101'), 400, 'invalid_parameter')
    for (const path of [`/v1/payments?account=${source}&reference=%ff`, '/v1/accounts?external_id=100%'])
      expectProblem(await api.get(path), 400, 'invalid_parameter')
    for (const path of [`/v1/accounts/${source}/balance?a=%ff`, `/v1/accounts/${source}/entries?direction=%zz`])
      expectProblem(await api.get(path), 400, 'invalid_parameter')
    const balance = `/v1/accounts/${source}/balance`
    expectProblem(await api.get(balance, { 'consistency-token': 'x' }), 400, 'invalid_consistency_token')
    expect((await api.get('/metrics')).status).toBe(404)
    expect((await api.get('/internal/auth')).status).toBe(404)
  })

  it('of cursors is refused: altered, of other filters, of another list', async () => {
    for (let n = 0; n < 2; n++) await api.payAndWait({ source, destination, amount: 1 })
    const { body } = await api.get(`/v1/accounts/${source}/entries?limit=1`)
    const cursor = String(body.next_cursor)
    const next = await api.get(`/v1/accounts/${source}/entries?limit=1&cursor=${cursor}`)
    expect(next.status).toBe(200)
    const altered = (cursor.startsWith('A') ? 'B' : 'A') + cursor.slice(1)
    const wrong = [
      `/v1/accounts/${source}/entries?cursor=${altered}`,
      `/v1/accounts/${source}/entries?direction=in&cursor=${cursor}`,
      `/v1/accounts/${cluster.demo.customers[1] ?? ''}/entries?cursor=${cursor}`,
      `/v1/payments?cursor=${cursor}`,
    ]
    for (const path of wrong) expectProblem(await api.get(path), 400, 'invalid_cursor')
  })
})

describe('a method', () => {
  it('that a resource does not know is 405 with those that it does, at the gateway and at each service', async () => {
    const { secrets, layout } = cluster
    const paid = new IdCodec(secrets.clusterSecret).derive('pay', 77, 'x')
    for (const [pattern, methods] of Object.entries<readonly string[]>(RESOURCES)) {
      const path = pattern.replace(/:\w+/, pattern.startsWith('/v1/payments') ? paid : source)
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].filter((name) => !methods.includes(name))) {
        const answer = await api.send(method, path, {})
        expect([method, path, answer.status]).toEqual([method, path, 405])
        expectProblem(answer, 405, 'method_not_allowed')
        const allow = methods.join(', ')
        expect([method, path, answer.headers.get('allow')]).toEqual([method, path, allow])
        for (const service of ['payment-service-1', 'inquiry-service-1', 'event-services-1']) {
          const direct = await send(serviceSocket(layout, service), path, { method })
          expect([service, direct.status, direct.headers.allow]).toEqual([service, 405, allow])
          const problem = problemSchema.parse(JSON.parse(direct.body))
          expect([problem.code, problem.request_id]).toEqual(['method_not_allowed', direct.headers['x-request-id']])
        }
      }
    }
  })

  it('is 404, whichever it is, where there is nothing', async () => {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'])
      for (const path of ['/v1/nothing', `/v1/accounts/${source}/nothing`, '/v1/payments/'])
        expectProblem(await api.send(method, path, {}), 404, 'not_found')
  })

  it('HEAD answers as GET does, without the body', async () => {
    for (const path of [`/v1/accounts/${source}`, '/v1/payments?limit=1', '/healthz']) {
      const [get, head] = [await api.get(path), await api.send('HEAD', path, {})]
      expect([head.status, head.text]).toEqual([200, ''])
      for (const name of ['content-type', 'content-length', 'etag'])
        expect([name, head.headers.get(name)]).toEqual([name, get.headers.get(name)])
    }
    expect((await api.send('HEAD', '/v1/nothing', {})).status).toBe(404)
  })
})

describe('a stranger', () => {
  it('without a key, or with a wrong one, is nobody', async () => {
    for (const key of [undefined, 'sk_test_demo_wrong', '', 'x'.repeat(300)])
      expectProblem(await new ApiClient(cluster.url, key).get(`/v1/accounts/${source}/balance`), 401, 'unauthorized')
    const forged = { 'x-identity': Buffer.from('{"client":2}').toString('base64url') }
    expectProblem(await new ApiClient(cluster.url).get(`/v1/accounts/${source}/balance`, forged), 401, 'unauthorized')
  })

  it('finds no account or payment of others, and pays from none', async () => {
    const ids = new IdCodec(cluster.secrets.clusterSecret)
    const foreign = ids.random('acc', 77)
    for (const path of ['', '/balance', '/entries'])
      expectProblem(await api.get(`/v1/accounts/${foreign}${path}`), 404, 'not_found')
    expectProblem(await api.get(`/v1/payments/${ids.derive('pay', 77, 'x')}`), 404, 'not_found')
    expectProblem(await api.pay({ source: foreign, destination, amount: 1 }), 404, 'not_found')
  })

  it('asks in vain for ids that were never issued', async () => {
    const never = `pay_${'0'.repeat(38)}`
    for (const path of [
      `/v1/payments/${never}`,
      `/v1/accounts/acc_${'0'.repeat(38)}/balance`,
      '/v1/payments/x',
      `/v1/payments/${'x'.repeat(7000)}`,
    ])
      expectProblem(await api.get(path), 404, 'not_found')
    expectProblem(await api.pay({ source, destination: `acc_${'0'.repeat(38)}`, amount: 1 }), 404, 'not_found')
  })

  it('with a key of other scopes is forbidden what they do not cover', async () => {
    const operator = new ApiClient(cluster.url, cluster.demo.opsKey)
    expectProblem(await operator.pay({ source, destination, amount: 1 }), 403, 'forbidden')
  })
})

describe('a revoked key', () => {
  it('stops within ten seconds, however busy it is', async () => {
    const owner = databaseUrl(cluster.secrets, 'owner', cluster.settings.ports.primary)
    const secret = randomBytes(24).toString('base64url')
    const sql = `INSERT INTO api_keys (id, client_id, secret_hash, scopes, limit_tier)
      SELECT 'revocable', client_id, $1, '{payments:read}', 'peak' FROM api_keys WHERE id = $2`
    const demoKey = cluster.demo.apiKey.split('_')[2]
    await query(owner, sql, [createHash('sha256').update(secret).digest(), demoKey])
    const revocable = new ApiClient(cluster.url, `sk_test_revocable_${secret}`)
    const read = async (): Promise<number> => (await revocable.get(`/v1/accounts/${source}`)).status
    expect(await read()).toBe(200)
    await query(owner, `UPDATE api_keys SET revoked_at = now() WHERE id = 'revocable'`)
    const revokedAt = performance.now()
    await waitFor('the key to be refused', async () => (await read()) === 401)
    expect(performance.now() - revokedAt).toBeLessThan(10_000)
  }, 30_000)
})

describe('a signature', () => {
  const sign = (secret: string, body: string, atS: number): string =>
    `t=${String(atS)},v1=${createHmac('sha256', secret)
      .update(`${String(atS)}.${body}`)
      .digest('hex')}`
  const nowS = (): number => Math.floor(Date.now() / 1000)

  it('is demanded of a key that demands it, over the bytes and the time', async () => {
    const { signedApiKey, signingSecret } = cluster.demo
    const signing = new ApiClient(cluster.url, signedApiKey)
    const body = JSON.stringify(payment())
    const send = (signature?: string, sent = body): Promise<ApiAnswer> =>
      signing.post('/v1/payments', sent, {
        ...withKey(),
        ...(signature === undefined ? {} : { 'x-signature': signature }),
      })
    expect((await send(sign(signingSecret, body, nowS()))).status).toBe(202)
    expectProblem(await send(), 401, 'signature_missing')
    expectProblem(await send(sign('another secret', body, nowS())), 401, 'signature_invalid')
    expectProblem(await send(sign(signingSecret, body, nowS()), `${body} `), 401, 'signature_invalid')
    expectProblem(await send(sign(signingSecret, body, nowS() - 400)), 401, 'signature_expired')
  })
})

describe('an account', () => {
  it('is opened, waits for itself, is listed, and can be paid', async () => {
    const external_id = randomUUID()
    const opened = await api.post('/v1/accounts', { kind: 'customer', currency: 'USD', external_id }, withKey())
    expect([opened.status, opened.body.status]).toEqual([201, 'active'])
    const token = opened.headers.get('consistency-token') ?? ''
    const listed = await api.get(`/v1/accounts?external_id=${external_id}`, { 'consistency-token': token })
    expect(listed.body.data).toMatchObject([{ id: opened.body.id, external_id }])
    const paid = await api.payAndWait({ source, destination: String(opened.body.id), amount: 5 })
    expect(paid.body.status).toBe('succeeded')
    expectProblem(
      await api.post('/v1/accounts', { kind: 'system', currency: 'USD' }, withKey()),
      422,
      'validation_failed',
    )
  })
})

/** The text of a payment whose amount is written like this. */
const withAmount = (literal: string): string => JSON.stringify(payment()).replace('"amount":100', `"amount":${literal}`)

/** A payment with these bytes in its description. */
function withBytes(bytes: readonly number[]): Uint8Array {
  const [before = '', after = ''] = JSON.stringify(payment({ description: 'a|b' })).split('|')
  return Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)])
}

function many(keys: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: keys }, (_, index) => [`k${String(index)}`, 'v']))
}
