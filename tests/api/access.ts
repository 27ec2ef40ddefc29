/** Clients and keys, from their creation to their end, through the gateway of a real cluster. */
import { beforeAll, describe, expect, it } from '@jest/globals'
import { createHash, randomUUID } from 'node:crypto'
import { databaseUrl } from '@paycluster/cluster/postgres/connection'
import { checkEvents } from '@paycluster/cluster/verify/check-events'
import {
  clientEventSchema,
  EVENTS_TOPIC,
  issuedKeySchema,
  keyEventSchema,
  keySchema,
  queuedKeySchema,
  type IssuedKey,
  type ProblemCode,
} from '@paycluster/contracts'
import { parseApiKey } from '@paycluster/platform/identity/api-key-text'
import { SIGNATURE_HEADER, signRequest } from '@paycluster/platform/signature/request-signature'
import { ApiClient, type ApiAnswer } from '@paycluster/testkit/api-client'
import { waitFor } from '@paycluster/testkit/wait-for'
import { everythingWritten, kafkaOf, readTopics } from '@paycluster/testkit/everything-written'
import { cluster } from './stage.ts'

/** What was promised: by then no request of the key passes the gateway. */
const EFFECTIVE_WITHIN_MS = 10_000
const WATCHED_FOR_MS = 14_000

let ops: ApiClient
let client: number
/** Every secret that was shown. */
const shown: string[] = []

beforeAll(async () => {
  ops = new ApiClient(cluster.url, cluster.demo.opsKey)
  client = await makeClient()
})

async function makeClient(name: string = randomUUID()): Promise<number> {
  const answer = await ops.post('/v1/ops/clients', { name })
  expect(answer).toMatchObject({ status: 201, body: { name } })
  return Number(answer.body.id)
}

function issued(answer: ApiAnswer): IssuedKey & { api_key: string; signing_secret: string } {
  expect([answer.status, answer.body.code]).toEqual([201, undefined])
  const key = issuedKeySchema.parse(answer.body)
  const { api_key, signing_secret } = key
  if (api_key === null || signing_secret === null) throw new Error('the secrets were not shown')
  shown.push(parseApiKey(api_key)?.secret ?? '', signing_secret)
  return { ...key, api_key, signing_secret }
}

const asked = (more: object = {}): object => ({
  client_id: client,
  scopes: ['payments:read', 'payments:write'],
  limit_tier: 'peak',
  ...more,
})
const makeKey = async (more: object = {}) => issued(await ops.post('/v1/ops/keys', asked(more)))
const apiOf = (apiKey: string): ApiClient => new ApiClient(cluster.url, apiKey)
const statusOf = async (apiKey: string): Promise<number> => (await apiOf(apiKey).get('/v1/accounts?limit=1')).status
const untilRefused = (apiKey: string): Promise<unknown> =>
  waitFor('the key to be refused', async () => (await statusOf(apiKey)) === 401, { timeoutMs: EFFECTIVE_WITHIN_MS })

const expectProblem = (answer: ApiAnswer, status: number, code: ProblemCode): void => {
  expect([answer.status, answer.body.code]).toEqual([status, code])
}

describe('a key', () => {
  it('works at once for what its scopes say, and is listed without its secrets', async () => {
    const key = await makeKey({ scopes: ['payments:read'], expires_at: '2099-12-31T23:59:59+01:00' })
    expect(key).toMatchObject({
      client_id: client,
      scopes: ['payments:read'],
      status: 'active',
      version: 1,
      expires_at: '2099-12-31T22:59:59.000Z',
      signature_required: false,
    })
    expect(key.api_key).toMatch(new RegExp(`^sk_test_${key.id}_[0-9a-z]{26}$`))
    const api = apiOf(key.api_key)
    expect((await api.get('/v1/accounts')).body).toEqual({ data: [], next_cursor: null })
    expectProblem(await api.post('/v1/accounts', { kind: 'customer', currency: 'USD' }), 403, 'forbidden')
    const { api_key, signing_secret, notice, ...rest } = key
    const list = await ops.get(`/v1/ops/keys?client_id=${client}&limit=100`)
    expect(list.body.data).toContainEqual(rest)
    for (const secret of [api_key, signing_secret, notice, 'hash']) expect(list.text).not.toContain(secret)
  })

  it('demands signatures with its signing secret where it was asked for', async () => {
    const key = await makeKey({ signature_required: true })
    const body = JSON.stringify({ kind: 'customer', currency: 'USD' })
    const signed = (secret: string) => ({
      [SIGNATURE_HEADER]: signRequest(secret, body, Math.floor(Date.now() / 1000)),
      'content-type': 'application/json',
    })
    const api = apiOf(key.api_key)
    expectProblem(
      await api.post('/v1/accounts', body, { 'content-type': 'application/json' }),
      401,
      'signature_missing',
    )
    expect((await api.post('/v1/accounts', body, signed(key.signing_secret))).status).toBe(201)
    const rotated = issued(await ops.post(`/v1/ops/keys/${key.id}/rotate`, {}))
    const renewed = apiOf(rotated.api_key)
    expectProblem(await renewed.post('/v1/accounts', body, signed(key.signing_secret)), 401, 'signature_invalid')
    expect((await renewed.post('/v1/accounts', body, signed(rotated.signing_secret))).status).toBe(201)
  })

  it('that is rotated works at once with its new secret, and within 10 s no more with the old one', async () => {
    const key = await makeKey()
    // Known to every part on the way, when it changes.
    await Promise.all(Array.from({ length: 20 }, () => statusOf(key.api_key)))
    const rotated = issued(await ops.post(`/v1/ops/keys/${key.id}/rotate`, {}))
    expect(rotated).toMatchObject({ id: key.id, version: 2, scopes: key.scopes })
    expect(rotated.api_key).not.toBe(key.api_key)
    const statuses = await Promise.all(Array.from({ length: 20 }, () => statusOf(rotated.api_key)))
    expect(new Set(statuses)).toEqual(new Set([200]))
    await untilRefused(key.api_key)
    expect(await statusOf(rotated.api_key)).toBe(200)
  }, 30_000)

  it('stops when it expires', async () => {
    const key = await makeKey({ expires_at: new Date(Date.now() + 4_000).toISOString() })
    expect(await statusOf(key.api_key)).toBe(200)
    await untilRefused(key.api_key)
    // Identities last whole seconds: its requests are refused up to one before.
    await waitFor('the list to call it expired', async () => {
      const list = await ops.get(`/v1/ops/keys?client_id=${client}&limit=1`)
      return keySchema
        .array()
        .parse(list.body.data)
        .some(({ id, status }) => id === key.id && status === 'expired')
    })
    expectProblem(await ops.post(`/v1/ops/keys/${key.id}/rotate`, {}), 409, 'key_inactive')
  }, 30_000)

  it('that is revoked while it is in use lets nothing pass 10 s later', async () => {
    const key = await makeKey()
    const account = await apiOf(key.api_key).post('/v1/accounts', { kind: 'customer', currency: 'USD' })
    const balance = `/v1/accounts/${String(account.body.id)}/balance`
    const answers: { readonly startedAtMs: number; readonly status: number }[] = []
    let revokedAtMs = Infinity
    const use = async (call: (api: ApiClient) => Promise<ApiAnswer>): Promise<void> => {
      const api = apiOf(key.api_key)
      while (performance.now() < revokedAtMs + WATCHED_FOR_MS) {
        const startedAtMs = performance.now()
        const { status } = await call(api)
        answers.push({ startedAtMs, status })
      }
    }
    const users = [
      ...Array.from({ length: 4 }, () => use((api) => api.get(balance))),
      use((api) => api.get('/v1/accounts')),
      use((api) => api.post('/v1/accounts', { kind: 'customer', currency: 'USD' })),
    ]
    await waitFor('the key to be in use', () => answers.length > 100)
    expect(await ops.post(`/v1/ops/keys/${key.id}/revoke`, { reason: 'test' })).toMatchObject({
      status: 201,
      body: { status: 'revoked' },
    })
    revokedAtMs = performance.now()
    await Promise.all(users)
    const passed = answers.filter(({ status }) => status < 300)
    const last = Math.max(...passed.map(({ startedAtMs }) => startedAtMs))
    expect(passed.length).toBeGreaterThan(100)
    expect(last - revokedAtMs).toBeLessThan(EFFECTIVE_WITHIN_MS)
    // Refused, not failed; and after so many refusals, as a stranger who asks too much.
    const later = answers.filter(({ startedAtMs }) => startedAtMs > revokedAtMs + EFFECTIVE_WITHIN_MS)
    expect(later.length).toBeGreaterThan(100)
    expect(later.filter(({ status }) => status !== 401 && status !== 429)).toEqual([])
  }, 60_000)
})

describe('an Idempotency-Key', () => {
  it('makes one key, whose secrets are in the first answer alone', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    const first = issued(await ops.post('/v1/ops/keys', asked(), headers))
    for (const prefer of ['wait=5', 'respond-async']) {
      const again = await ops.post('/v1/ops/keys', asked(), { ...headers, prefer })
      expect(again.status).toBe(201)
      expect(again.headers.get('idempotent-replayed')).toBe('true')
      expect(issuedKeySchema.parse(again.body)).toMatchObject({
        id: first.id,
        api_key: null,
        signing_secret: null,
        notice: expect.stringContaining('shown in the first answer'),
      })
    }
    expectProblem(
      await ops.post('/v1/ops/keys', asked({ scopes: ['payments:read'] }), headers),
      422,
      'idempotency_key_reused',
    )
    expect(await statusOf(first.api_key)).toBe(200)
  })

  it('shows no secret that is not the key’s, however many come at once', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => ops.post('/v1/ops/keys', asked(), { ...headers, prefer: 'wait=10' })),
    )
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    const secrets = answers.flatMap(({ body }) => (typeof body.api_key === 'string' ? [body.api_key] : []))
    expect(secrets).toHaveLength(1)
    expect(await statusOf(secrets[0] ?? '')).toBe(200)
    const rotations = { 'idempotency-key': randomUUID() }
    const path = `/v1/ops/keys/${String(answers[0]?.body.id)}/rotate`
    const rotated = await Promise.all(Array.from({ length: 10 }, () => ops.post(path, {}, rotations)))
    expect(new Set(rotated.map(({ body }) => body.version))).toEqual(new Set([2]))
    const renewed = rotated.flatMap(({ body }) => (typeof body.api_key === 'string' ? [body.api_key] : []))
    expect(renewed).toHaveLength(1)
    expect(await statusOf(renewed[0] ?? '')).toBe(200)
  })

  it('shows the secret of a key that nobody waits for, which then works', async () => {
    const queued = await ops.post('/v1/ops/keys', asked(), { prefer: 'respond-async' })
    expect(queued.status).toBe(202)
    const { api_key } = queuedKeySchema.parse(queued.body)
    await waitFor('the key to work', async () => (await statusOf(api_key ?? '')) === 200)
  })
})

describe('what cannot be', () => {
  it.each<[string, () => Promise<ApiAnswer>, number, ProblemCode]>([
    ['no name', () => ops.post('/v1/ops/clients', { name: '' }), 422, 'validation_failed'],
    ['a name that is taken', () => ops.post('/v1/ops/clients', { name: 'demo' }), 422, 'client_name_taken'],
    ['an unknown scope', () => ops.post('/v1/ops/keys', asked({ scopes: ['root'] })), 422, 'validation_failed'],
    ['no scope', () => ops.post('/v1/ops/keys', asked({ scopes: [] })), 422, 'validation_failed'],
    ['an unknown tier', () => ops.post('/v1/ops/keys', asked({ limit_tier: 'vast' })), 422, 'validation_failed'],
    ['an expiry in the past', () => expiring('2020-01-01T00:00:00Z'), 422, 'validation_failed'],
    ['an expiry past all years', () => expiring('9999-12-31T23:59:59-12:00'), 422, 'validation_failed'],
    ['an expiry that is no time', () => expiring('tomorrow'), 422, 'validation_failed'],
    ['a secret of one’s own', () => ops.post('/v1/ops/keys', asked({ secret: 'x' })), 422, 'validation_failed'],
    ['a client that is not there', () => ops.post('/v1/ops/keys', asked({ client_id: 2e9 })), 404, 'not_found'],
    [
      'a client past all numbers',
      () => ops.post('/v1/ops/keys', asked({ client_id: 2 ** 31 })),
      422,
      'validation_failed',
    ],
    ['a rotation of nothing', () => ops.post('/v1/ops/keys/nowhere/rotate', {}), 404, 'not_found'],
    ['a revocation of nothing', () => ops.post('/v1/ops/keys/nowhere/revoke', {}), 404, 'not_found'],
    ['a key id that is none', () => ops.post('/v1/ops/keys/a-b/revoke', {}), 404, 'not_found'],
    ['a list of no client', () => ops.get('/v1/ops/keys?client_id=x'), 400, 'invalid_parameter'],
    ['a list with another parameter', () => ops.get('/v1/ops/clients?name=demo'), 400, 'unknown_parameter'],
  ])('%s is refused with a code', async (_, call, status, code) => {
    expectProblem(await call(), status, code)
  })
  const expiring = (expires_at: string): Promise<ApiAnswer> => ops.post('/v1/ops/keys', asked({ expires_at }))

  it('is administered with a key that lacks the scope', async () => {
    const { api } = cluster
    for (const path of ['/v1/ops/clients', '/v1/ops/keys']) expectProblem(await api.get(path), 403, 'forbidden')
    for (const path of ['/v1/ops/clients', '/v1/ops/keys', '/v1/ops/keys/demo/rotate', '/v1/ops/keys/demo/revoke'])
      expectProblem(await api.post(path, {}), 403, 'forbidden')
    expect(await statusOf(cluster.demo.apiKey)).toBe(200)
  })

  it('is the last key that may operate the cluster revoked; any other is, once and for all', async () => {
    expectProblem(await ops.post('/v1/ops/keys/demoops/revoke', {}), 409, 'last_ops_key')
    const second = await makeKey({ scopes: ['ops', 'payments:read'] })
    expect((await apiOf(second.api_key).get('/v1/ops/clients')).status).toBe(200)
    const revoked = await ops.post(`/v1/ops/keys/${second.id}/revoke`, { reason: 'a test' })
    expect(revoked).toMatchObject({ status: 201, body: { status: 'revoked' } })
    const again = await ops.post(`/v1/ops/keys/${second.id}/revoke`, {})
    expect([again.status, again.body]).toEqual([201, revoked.body])
    expectProblem(await ops.post(`/v1/ops/keys/${second.id}/rotate`, {}), 409, 'key_inactive')
    expectProblem(await ops.post('/v1/ops/keys/demoops/revoke', {}), 409, 'last_ops_key')
  })
})

describe('lists', () => {
  it('go page by page through all clients and keys, newest first', async () => {
    const owner = await makeClient()
    const keys: string[] = []
    for (let n = 0; n < 5; n++) keys.unshift(issued(await ops.post('/v1/ops/keys', asked({ client_id: owner }))).id)
    const read = async (path: string, filter: string): Promise<Record<string, unknown>[]> => {
      const items: Record<string, unknown>[] = []
      let query = `?limit=2${filter}`
      for (;;) {
        const { status, body } = await ops.get(path + query)
        expect(status).toBe(200)
        items.push(...(body.data as Record<string, unknown>[]))
        if (body.next_cursor === null) return items
        query = `?limit=2&cursor=${body.next_cursor as string}`
      }
    }
    expect((await read('/v1/ops/keys', `&client_id=${owner}`)).map(({ id }) => id)).toEqual(keys)
    const all = (await read('/v1/ops/keys', '')).map((item) => keySchema.parse(item).id)
    expect(all).toEqual(expect.arrayContaining([...keys, 'demo', 'demoops', 'demosigned']))
    expect(new Set(all).size).toBe(all.length)
    const clients = (await read('/v1/ops/clients', '')).map(({ id }) => Number(id))
    expect(clients).toEqual(clients.toSorted((a, b) => b - a))
    expect(clients).toContain(owner)
  })
})

describe('what is written down', () => {
  it('has the hashes of secrets, and of no secret more', async () => {
    const written = await everythingWritten(cluster)
    expect(shown.length).toBeGreaterThan(20)
    const hashes = shown.map((secret) => createHash('sha256').update(secret).digest('hex'))
    // What would show a secret shows the hash of one.
    expect(written.kafka).toContain(hashes[0])
    expect(written.postgres).toContain(hashes[0])
    expect(written.redis).toContain('idem:opr_')
    expect(written.logs).toContain('payment-service')
    for (const [place, text] of Object.entries(written))
      for (const secret of shown) expect([place, text.includes(secret)]).toEqual([place, false])
  }, 60_000)

  it('has an event of every change, and all that other events have to be', async () => {
    const events = (await readTopics(cluster, [EVENTS_TOPIC])).map((text) => JSON.parse(text) as { type: string })
    const clients = events
      .filter(({ type }) => type === 'client.created')
      .map((event) => clientEventSchema.parse(event))
    expect(clients.map(({ data }) => data.client.id)).toContain(client)
    const keys = events
      .filter(({ type }) => type.startsWith('key.'))
      .map((event) => keyEventSchema.parse(event))
      .filter(({ data }) => data.key.client_id === client)
    expect(new Set(keys.map(({ type }) => type))).toEqual(new Set(['key.created', 'key.rotated', 'key.revoked']))
    expect(new Set(keys.map(({ data }) => data.asked_by.key_id))).toEqual(new Set(['demoops']))
    expect(JSON.stringify(keys)).not.toMatch(/hash|secret/)
    const primary = databaseUrl(cluster.secrets, 'monitor', cluster.settings.ports.primary)
    expect(await checkEvents(primary, kafkaOf(cluster), 10_000)).toMatchObject({ violations: 0 })
  }, 60_000)
})
