import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { RESOURCES } from '@paycluster/contracts'
import { templateVariables } from '@paycluster/platform/template/render-template'
import { expectProblem } from './test/expect-problem.ts'
import { send, sendRaw, type Answer } from './test/send.ts'
import { keyOf, startStandIn, type StandIn } from './test/stand-in.ts'
import { makeFolder, serverLines, startGateway, waitUntil, type Gateway } from './test/start-gateway.ts'

const folder = makeFolder()
let gateway: Gateway
let payment: StandIn
let inquiry: StandIn
let otherInquiry: StandIn
let keys = 0

/** A key that no test has used before. */
const newKey = (tier = 'peak'): string => keyOf(tier, `key${String(++keys)}`)
const get = (path: string, key: string, headers: Record<string, string> = {}): Promise<Answer> =>
  send(gateway.port, path, { headers: { authorization: key, ...headers } })
const post = (path: string, key: string, body = '{}', headers: Record<string, string> = {}): Promise<Answer> =>
  send(gateway.port, path, { method: 'POST', headers: { authorization: key, ...headers }, body })

beforeAll(async () => {
  payment = await startStandIn(join(folder, 'payment.sock'))
  inquiry = await startStandIn(join(folder, 'inquiry.sock'))
  otherInquiry = await startStandIn(join(folder, 'other-inquiry.sock'))
  gateway = await startGateway(folder, {
    INQUIRY_SERVERS: serverLines(join(folder, 'inquiry.sock'), join(folder, 'other-inquiry.sock')),
    LIMIT_STRANGER_RATE: '1000r/s',
    LIMIT_STRANGER_BURST: '1000',
    WRITE_TIMEOUT: '1s',
    ACCESS_LOG: 'sampled',
    ACCESS_LOG_PATH: join(folder, 'access.log'),
    ACCESS_LOG_SAMPLE: '100%',
  })
})
afterAll(async () => {
  await gateway.stop()
  await Promise.all([payment.stop(), inquiry.stop(), otherInquiry.stop()])
  rmSync(folder, { recursive: true, force: true })
})
const ordinary = {
  handle: undefined as StandIn['handle'] | undefined,
  authenticate: undefined as StandIn['authenticate'] | undefined,
}
beforeEach(() => {
  ordinary.handle ??= payment.handle
  ordinary.authenticate ??= payment.authenticate
  for (const service of [payment, inquiry, otherInquiry]) {
    Object.assign(service, ordinary)
    service.requests.length = 0
    service.authentications.length = 0
  }
})
const reads = () => [...inquiry.requests, ...otherInquiry.requests].sort((a, b) => a.order - b.order)
const authentications = () => [...inquiry.authentications, ...otherInquiry.authentications]

describe('authentication', () => {
  it('asks once per key and passes the signed identity on, also from the cache', async () => {
    const key = newKey()
    for (let count = 0; count < 5; count++) {
      expect((await get('/v1/payments', key)).status).toBe(200)
      expect((await post('/v1/payments', key)).status).toBe(202)
    }
    expect(authentications()).toHaveLength(1)
    const identities = [...reads(), ...payment.requests].map((request) => request.headers['x-identity'])
    expect(identities).toEqual(Array<string>(10).fill(`signed.key${String(keys)}`))
  })

  it('looks a new key up once when it arrives on many connections at once', async () => {
    const key = newKey()
    await Promise.all(Array.from({ length: 50 }, () => get('/v1/payments', key)))
    expect(authentications()).toHaveLength(1)
  })

  it('sends the look-up neither a body nor the headers of the client', async () => {
    await post('/v1/payments', newKey(), '{"amount":1}', { 'x-note': 'a', 'idempotency-key': 'b' })
    expect(authentications()[0]).toMatchObject({ method: 'GET', body: '' })
    expect(Object.keys(authentications()[0]?.headers ?? {}).sort()).toEqual(['authorization', 'host', 'x-request-id'])
  })

  it('keeps the key, and whatever a client claims to be, from the services', async () => {
    const claims = {
      'x-identity': 'forged',
      'x-limit-tier': 'peak',
      'x-key-id': 'forged',
      'x-forwarded-for': '1.2.3.4',
    }
    await get('/v1/payments', newKey(), { ...claims, X_Identity: 'forged' })
    const headers = reads()[0]?.headers ?? {}
    expect(headers['x-identity']).toBe(`signed.key${String(keys)}`)
    expect(headers['x-forwarded-for']).toBe('127.0.0.1')
    for (const name of ['authorization', 'x-limit-tier', 'x-key-id', 'x_identity'])
      expect(headers[name]).toBeUndefined()
  })

  it('refuses a missing or misshapen key without a look-up', async () => {
    expectProblem(await send(gateway.port, '/v1/payments'), 'unauthorized')
    for (const key of [
      'Basic dXNlcjpwYXNz',
      'Bearer ',
      `Bearer\t${newKey().slice(7)}`,
      newKey().slice(7),
      'Bearer short',
      `Bearer ${'x'.repeat(300)}`,
      'Bearer a b c d e f',
    ])
      expectProblem(await get('/v1/payments', key), 'unauthorized')
    expect(authentications()).toHaveLength(0)
  })

  it('takes the scheme in any case and with any number of spaces, as one key', async () => {
    const key = newKey()
    for (const scheme of ['Bearer ', 'bearer ', 'BEARER ', 'Bearer   '])
      expect((await get('/v1/payments', key.replace('Bearer ', scheme))).status).toBe(200)
    expect(authentications().map((request) => request.headers.authorization)).toEqual([key])
    expect((await get('/v1/payments', key.toUpperCase())).status).toBe(401)
  })

  it('uses an answer for as long as its max-age says, and not at all without it', async () => {
    for (const service of [inquiry, otherInquiry])
      service.authenticate = (_request, response) => {
        response.writeHead(204, { 'x-identity': 'signed.a', 'x-limit-tier': 'peak', 'x-key-id': 'a' }).end()
      }
    const unkept = newKey()
    for (let count = 0; count < 3; count++) await get('/v1/payments', unkept)
    expect(authentications()).toHaveLength(3)
    Object.assign(inquiry, ordinary)
    Object.assign(otherInquiry, ordinary)
    const key = newKey()
    await get('/v1/payments', key)
    const startedAt = performance.now()
    await waitUntil(async () => (await get('/v1/payments', key), authentications().length > 4), 'asked again')
    expect(performance.now() - startedAt).toBeGreaterThan(3000)
    expect(performance.now() - startedAt).toBeLessThan(5200)
  })

  it('refuses a wrong key, asks about it once in a while, and tells nothing of the inner answer', async () => {
    const key = newKey('revoked')
    for (let count = 0; count < 3; count++) expectProblem(await post('/v1/payments', key), 'unauthorized')
    expect(authentications()).toHaveLength(1)
    expect(payment.requests).toHaveLength(0)
    await waitUntil(async () => (await get('/v1/payments', key), authentications().length > 1), 'asked again')
  })

  it('goes on with an answer that cannot be renewed, and answers 503 for a key it does not know', async () => {
    const key = newKey()
    await post('/v1/payments', key)
    let refused = 0
    for (const service of [inquiry, otherInquiry])
      service.authenticate = (_request, response) => {
        refused++
        response.destroy()
      }
    expectProblem(await post('/v1/payments', newKey()), 'unavailable')
    const before = refused
    await waitUntil(
      async () => {
        expect((await post('/v1/payments', key)).status).toBe(202)
        return refused > before
      },
      'the answer expires after 5 s',
      15_000,
    )
  }, 20_000)

  it('keeps the cache in a folder that nobody else may read', () => {
    expect(statSync(join(gateway.folder, 'auth-cache')).mode & 0o777).toBe(0o700)
  })
})

describe('routing', () => {
  it('sends reads to inquiry-service and writes to payment-service', async () => {
    const key = newKey()
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])
      await send(gateway.port, '/v1/things/a_b-1.x?limit=5&cursor=%2Fa', { method, headers: { authorization: key } })
    expect(reads().map((request) => request.method)).toEqual(['GET', 'HEAD'])
    expect(payment.requests.map((request) => request.method)).toEqual(['POST', 'PUT', 'PATCH', 'DELETE'])
    expect(reads()[0]?.url).toBe('/v1/things/a_b-1.x?limit=5&cursor=%2Fa')
  })

  it('answers 404 for private and unknown paths, however they are written', async () => {
    const paths = ['/', '/metrics', '/internal/auth', '/_auth', '/_problem', '/_unauthorized', '/_payment_ready', '/v1', '/v1/',
      '/v1/../internal/auth', '/v1/%2e%2e/internal/auth', '/v1/..%2finternal/auth', '/internal/../v1/payments',
      '/v1/a/./b', '/v1//payments', '/v1/a%00b', '/docsx', '/V1/payments'] // prettier-ignore
    const key = newKey()
    for (const path of paths) {
      const answer = await get(path, key)
      // A zero byte is not even a request.
      expect([path, answer.status]).toEqual([path, path.includes('%00') ? 400 : 404])
    }
    expect(reads()).toHaveLength(0)
    expect(authentications()).toHaveLength(0)
  })

  it('answers 405 with the methods that a resource has, and 404 where there is none', async () => {
    const key = newKey()
    for (const method of ['OPTIONS', 'TRACE', 'PROPFIND']) {
      for (const [pattern, methods] of Object.entries(RESOURCES)) {
        const path = `${pattern.replace(/:\w+/, 'a_b-1.x')}?c=/d`
        const answer = await send(gateway.port, path, { method, headers: { authorization: key } })
        expectProblem(answer, 'method_not_allowed')
        expect([path, answer.headers.allow]).toEqual([path, methods.join(', ')])
      }
      for (const path of ['/v1/things', '/v1/payments/', '/v1/payments/a/b', '/v1/payments/../x', '/nothing']) {
        const answer = await send(gateway.port, path, { method, headers: { authorization: key } })
        expectProblem(answer, 'not_found')
        expect(answer.headers.allow).toBeUndefined()
      }
    }
    for (const path of ['/openapi.json', '/docs', '/docs/page.js', '/healthz', '/readyz'])
      for (const method of ['POST', 'DELETE', 'OPTIONS', 'TRACE']) {
        const answer = await send(gateway.port, path, { method })
        expectProblem(answer, 'method_not_allowed')
        expect(answer.headers.allow).toBe('GET, HEAD')
      }
    expect([...reads(), ...payment.requests, ...authentications()]).toEqual([])
  })

  it('knows no more resources of the API than there are', () => {
    const template = readFileSync(join(import.meta.dirname, 'templates/resources.conf.template'), 'utf8')
    expect(template.match(/'~\^\/v1\//g)).toHaveLength(Object.keys(RESOURCES).length)
  })

  it('serves health and readiness without a key', async () => {
    expect((await send(gateway.port, '/healthz')).body).toBe('{"status":"ok"}')
    expect((await send(gateway.port, '/readyz')).body).toBe('{"ready":true}')
  })

  it('passes a problem of a service as it is', async () => {
    const body = '{"code":"insufficient_funds","status":422}'
    for (const status of [400, 401, 404, 409, 422, 429, 500, 503]) {
      payment.handle = (_request, response) =>
        response.writeHead(status, { 'content-type': 'application/problem+json', 'retry-after': '7' }).end(body)
      expect(await post('/v1/payments', newKey())).toMatchObject({ status, body, headers: { 'retry-after': '7' } })
    }
  })
})

describe('requests', () => {
  it('takes a well-formed request id, makes one otherwise, and returns it', async () => {
    const key = newKey()
    const own = await get('/v1/payments', key, { 'x-request-id': 'order-1:a/b+c=' })
    expect(own.headers['x-request-id']).toBe('order-1:a/b+c=')
    for (const bad of ['a b', '"quoted"', 'x'.repeat(129)]) {
      const made = await get('/v1/payments', key, { 'x-request-id': bad })
      expect(made.headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/)
    }
    expect(reads()[0]?.headers['x-request-id']).toBe('order-1:a/b+c=')
  })

  it('passes the trace, the consistency token and conditions through', async () => {
    const headers = {
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      'consistency-token': 'abc',
      'if-none-match': '"7"',
    }
    await get('/v1/payments', newKey(), headers)
    expect(reads()[0]?.headers).toMatchObject(headers)
  })

  it('bounds bodies: 64 KiB, 1 MiB for a batch, whether their length is announced or not', async () => {
    const key = newKey()
    const [fits, tooLarge] = ['x'.repeat(65_536), 'x'.repeat(65_537)]
    expect((await post('/v1/payments', key, fits)).body).toBe('{"bytes":65536}')
    expectProblem(await post('/v1/payments', key, tooLarge), 'payload_too_large')
    expectProblem(await post('/v1/payments', key, tooLarge, { 'transfer-encoding': 'chunked' }), 'payload_too_large')
    const batch = 'x'.repeat(1_048_576)
    expect((await post('/v1/payments/batch', key, batch)).body).toBe('{"bytes":1048576}')
    expect((await post('/v1/payments/batch', key, batch, { 'transfer-encoding': 'chunked' })).body).toBe(
      '{"bytes":1048576}',
    )
    expectProblem(await post('/v1/payments/batch', key, `${batch}x`), 'payload_too_large')
    expectProblem(await post('/v1/payments/batch', newKey('revoked'), batch), 'unauthorized')
    expect(readdirSync(join(gateway.folder, 'body'))).toEqual([])
  })

  it('bounds addresses and headers', async () => {
    expectProblem(await get(`/v1/payments?cursor=${'x'.repeat(9000)}`, newKey()), 'uri_too_long')
    expectProblem(await get('/v1/payments', newKey(), { 'x-note': 'x'.repeat(9000) }), 'headers_too_large')
  })

  it('answers what is not HTTP as a problem too', async () => {
    for (const text of [
      'GET\r\n\r\n',
      'GET / HTTP/1.1\r\n\r\n',
      'GET / HTTP/9.9\r\nHost: a\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n',
    ]) {
      const raw = await sendRaw(gateway.port, text)
      expect(raw).toContain('"code":"malformed_request"')
    }
  })

  it('says no more of itself than it must', async () => {
    const answer = await get('/v1/payments', newKey())
    expect(answer.headers).toMatchObject({ server: 'nginx', 'x-content-type-options': 'nosniff' })
    expect(answer.headers['x-identity']).toBeUndefined()
    expect(answer.headers['content-security-policy']).toBe("default-src 'none'; frame-ancestors 'none'")
  })

  it('speaks TLS on a port of its own', async () => {
    const answer = await send(gateway.tlsPort, '/v1/payments', {
      headers: { authorization: newKey() },
      certificate: gateway.certificate,
    })
    expect(answer.status).toBe(200)
    expect(reads()[0]?.headers['x-forwarded-proto']).toBe('https')
    const plain = await sendRaw(gateway.tlsPort, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect(plain).toContain('"code":"malformed_request"')
  })
})

describe('failures of a service', () => {
  it('asks the other instance for a read', async () => {
    for (const service of [inquiry, otherInquiry]) service.handle = (_request, response) => response.destroy()
    otherInquiry.handle = ordinary.handle ?? otherInquiry.handle
    const key = newKey()
    for (let count = 0; count < 4; count++) expect((await get('/v1/payments', key)).status).toBe(200)
    expect(inquiry.requests.length).toBeGreaterThan(0)
  })

  it('never sends a POST twice: 502 when the connection breaks, 504 when no answer comes', async () => {
    const key = newKey()
    payment.handle = (_request, response) => response.destroy()
    expectProblem(await post('/v1/payments', key), 'bad_gateway')
    payment.handle = () => undefined
    expectProblem(await post('/v1/payments', key), 'gateway_timeout')
    expect(payment.requests).toHaveLength(2)
  })

  it('is not ready, and refuses writes with 502, while payment-service is away', async () => {
    const key = newKey()
    await get('/v1/payments', key)
    await payment.stop()
    expectProblem(await post('/v1/payments', key), 'bad_gateway')
    expectProblem(await send(gateway.port, '/readyz'), 'unavailable')
    expect((await get('/v1/payments', key)).status).toBe(200)
    payment = await startStandIn(join(folder, 'payment.sock'))
    expect((await post('/v1/payments', key)).status).toBe(202)
  })
})

describe('operation', () => {
  it('logs a sampled request as JSON, without its key or query', async () => {
    const key = newKey()
    await post('/v1/payments?private=1', key, '{}', { 'x-request-id': 'logged-1' })
    const log = join(folder, 'access.log')
    await waitUntil(() => readFileSync(log, 'utf8').includes('"logged-1"'), 'the line is written')
    const line =
      readFileSync(log, 'utf8')
        .split('\n')
        .find((text) => text.includes('"logged-1"')) ?? ''
    expect(JSON.parse(line)).toMatchObject({
      key_id: `peak_key${String(keys)}`,
      method: 'POST',
      path: '/v1/payments',
      status: 202,
      upstream_status: '202',
    })
    expect(readFileSync(log, 'utf8')).not.toMatch(/sk_test|private/)
  })

  it('shows connections on its private socket alone', async () => {
    const answer = await send(join(gateway.folder, 'status.sock'), '/stub_status')
    expect(answer.body).toContain('Active connections:')
    expect((await send(gateway.port, '/stub_status')).status).toBe(404)
  })
})

describe('README.md', () => {
  it('explains every variable of the templates, and defaults.env has only such', () => {
    const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8').replaceAll(
      '`LIMIT_<TIER>_RATE` `LIMIT_<TIER>_BURST`',
      ['SANDBOX', 'STANDARD', 'HIGH', 'PEAK'].map((tier) => `\`LIMIT_${tier}_RATE\` \`LIMIT_${tier}_BURST\``).join(' '),
    )
    const templates = join(import.meta.dirname, 'templates')
    const used = readdirSync(templates).flatMap((name) =>
      templateVariables(readFileSync(join(templates, name), 'utf8')),
    )
    const documented = (name: string): boolean =>
      readme.includes(`\`${name}\``) ||
      (/_(BURST|CONNECTIONS)$/.test(name) && readme.includes(`\`${name.replace(/_(BURST|CONNECTIONS)$/, '_RATE')}\``))
    expect(used.filter((name) => name !== 'ACCESS_LOG' && !documented(name))).toEqual([])
    const defaults = Object.keys(parseEnv(readFileSync(join(import.meta.dirname, 'defaults.env'), 'utf8')))
    expect(defaults.filter((name) => !used.includes(name))).toEqual([])
  })
})
