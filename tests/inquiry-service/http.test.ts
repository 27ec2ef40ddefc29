/** The read side over HTTP: headers, conditions, ownership, cursors, errors. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { accountSchema, balanceSchema, entrySchema, pageSchema, paymentSchema } from '@paycluster/contracts'
import { formatIdempotencyRecord, idempotencyRecordKey } from '@paycluster/platform/idempotency/idempotency-record'
import { idToUuid } from '@paycluster/platform/ids/id-codec'
import { query } from '@paycluster/testkit/query'
import type { ReadSide } from '../../inquiry-service/src/read-side.ts'
import { startReadStage, type ReadStage } from './read-stage.ts'

let stage: ReadStage
let readSide: ReadSide
let app: NestFastifyApplication
let mine: string
let ledgerStart: Date

beforeAll(async () => {
  stage = await startReadStage()
  readSide = await stage.instance()
  app = await stage.http(readSide)
  mine = stage.ledger.customers[0] ?? ''
  const [first] = await query<{ at: Date }>(stage.db.ownerUrl, 'SELECT min(posted_at) AS at FROM payments')
  ledgerStart = first?.at ?? new Date(0)
}, 90_000)
afterAll(async () => {
  await app.close()
  await stage.stop()
})

const get = (url: string, headers: Readonly<Record<string, string>> = {}, client = stage.ledger.demo) =>
  app.inject({ method: 'GET', url, headers: { 'x-identity': stage.identity(client), ...headers } })

describe('GET /v1/accounts/{id}/balance', () => {
  it('discloses where it comes from, and answers from the cache what it answered from a replica', async () => {
    const first = await get(`/v1/accounts/${mine}/balance`)
    const second = await get(`/v1/accounts/${mine}/balance`)
    expect(first.statusCode).toBe(200)
    expect(first.headers['x-data-source']).toMatch(/^replica:replica-[12]$/)
    expect(second.headers['x-data-source']).toBe('cache')
    expect(second.body).toBe(first.body)
    const balance = balanceSchema.parse(first.json())
    expect(first.headers).toMatchObject({ etag: `"${balance.version}"`, 'x-as-of': balance.as_of })
    expect(first.headers['consistency-token']).toContain(`.${mine.slice(4, 30)}:`)
    expect(balance.available).toBe(balance.posted - balance.pending_out)
  })

  it('is 304 while the version is the one that the client has', async () => {
    const { etag } = (await get(`/v1/accounts/${mine}/balance`)).headers
    const again = await get(`/v1/accounts/${mine}/balance`, { 'if-none-match': String(etag) })
    expect(again.statusCode).toBe(304)
    expect(again.body).toBe('')
    expect(again.headers.etag).toBe(etag)
    expect((await get(`/v1/accounts/${mine}/balance`, { 'if-none-match': '"0"' })).statusCode).toBe(200)
  })

  it('refuses what it does not know, and a token that is none', async () => {
    expect((await get(`/v1/accounts/${mine}/balance?to=now`)).json()).toMatchObject({ code: 'unknown_parameter' })
    expect((await get(`/v1/accounts/${mine}/balance?at=now`)).json()).toMatchObject({ code: 'invalid_parameter' })
    const malformed = await get(`/v1/accounts/${mine}/balance`, { 'consistency-token': 'yesterday' })
    expect(malformed.json()).toMatchObject({ status: 400, code: 'invalid_consistency_token' })
    const ahead = await get(`/v1/accounts/${mine}/balance`, {
      'consistency-token': `1.1.1.${mine.slice(4, 30)}:zzzzz`,
    })
    expect(ahead.json()).toMatchObject({ status: 503, code: 'replica_lag', retryable: true })
    expect(ahead.headers['retry-after']).toBe('1')
  })
})

describe('what belongs to others', () => {
  it('is not found, whether it exists or not', async () => {
    const { system, fundingAccount } = stage.ledger
    for (const path of [`/v1/accounts/${fundingAccount}`, `/v1/accounts/${fundingAccount}/balance`, `/v1/accounts/x`])
      expect((await get(path)).statusCode).toBe(404)
    expect((await get(`/v1/accounts/${fundingAccount}/entries`)).statusCode).toBe(404)
    expect((await get(`/v1/payments?account=${fundingAccount}`)).statusCode).toBe(404)
    expect((await get(`/v1/accounts/${fundingAccount}/balance`, {}, system)).statusCode).toBe(200)
  })

  it('is not even looked for without a valid identity or scope', async () => {
    expect((await app.inject({ method: 'GET', url: `/v1/accounts/${mine}` })).statusCode).toBe(401)
    expect((await get(`/v1/accounts/${mine}`, { 'x-identity': 'x.y' })).statusCode).toBe(401)
  })
})

describe('GET /v1/payments/{id}', () => {
  it('shows a payment to both of its owners and to nobody else', async () => {
    const { payments, demo, system } = stage.ledger
    const funding = payments[0]?.id ?? ''
    const forReceiver = await get(`/v1/payments/${funding}`)
    expect(paymentSchema.parse(forReceiver.json())).toMatchObject({ id: funding, status: 'succeeded', version: 1 })
    expect((await get(`/v1/payments/${funding}`, {}, system)).body).toBe(forReceiver.body)
    expect((await get(`/v1/payments/${funding}`, {}, demo + 1)).statusCode).toBe(404)
  })

  it('returns metadata in the order in which it came, as the 201 did', async () => {
    const id = stage.ledger.payments.findLast(({ client }) => client === stage.ledger.demo)?.id ?? ''
    const metadata = '{"zebra":"1","b":"2","a long key":"3"}'
    await query(stage.db.ownerUrl, 'UPDATE payments SET metadata = $1 WHERE id = $2', [metadata, idToUuid(id)])
    await stage.flush()
    const read = await get(`/v1/payments/${id}`)
    expect(read.headers['x-data-source']).toMatch(/^replica:/)
    expect(read.body).toContain(`"metadata":${metadata}`)
  })

  it('shows an accepted id as queued to its owner, with what is known of it', async () => {
    const { demo, system } = stage.ledger
    const id = stage.ids.derive('pay', demo, 'accepted and not posted')
    expect((await get(`/v1/payments/${id}`)).json()).toEqual({ id, status: 'queued', version: 0 })
    expect((await get(`/v1/payments/${id}`, {}, system)).statusCode).toBe(404)
    const body = JSON.stringify({ id, status: 'queued', amount: 5, version: 0 })
    const record = { client: demo, fingerprint: '0'.repeat(32), created_at_ms: 1, accepted: true, body }
    await readSide.redis.set(idempotencyRecordKey(id), formatIdempotencyRecord(record))
    expect((await get(`/v1/payments/${id}`)).json()).toMatchObject({ id, status: 'queued', amount: 5 })
  })

  it('shows an accepted id as queued to its payee, and to no stranger, while its record is there', async () => {
    const { demo, system, fundingAccount } = stage.ledger
    const id = stage.ids.derive('pay', demo, 'to another client')
    const queued = { id, status: 'queued', source: mine, destination: fundingAccount, amount: 7, version: 0 }
    const record = { client: demo, fingerprint: '0'.repeat(32), created_at_ms: 1, accepted: true }
    const remember = (more: { body: string; token?: string }) =>
      readSide.redis.set(idempotencyRecordKey(id), formatIdempotencyRecord({ ...record, ...more }))

    await remember({ body: JSON.stringify(queued) })
    const forPayee = await get(`/v1/payments/${id}`, {}, system)
    expect([forPayee.statusCode, forPayee.json()]).toEqual([200, queued])
    expect(forPayee.headers).toMatchObject({ etag: '"0"', 'cache-control': 'private, no-cache' })
    expect((await get(`/v1/payments/${id}`, {}, demo + 1)).statusCode).toBe(404)

    // Final once, and lost with its primary.
    await remember({ body: JSON.stringify({ ...queued, status: 'succeeded' }), token: '1.1.1' })
    expect((await get(`/v1/payments/${id}`, {}, system)).json()).toEqual({ id, status: 'queued', version: 0 })
    expect((await get(`/v1/payments/${id}`, {}, demo + 1)).statusCode).toBe(404)

    await readSide.redis.del(idempotencyRecordKey(id))
    expect((await get(`/v1/payments/${id}`, {}, system)).statusCode).toBe(404)
    expect((await get(`/v1/payments/${id}`)).json()).toEqual({ id, status: 'queued', version: 0 })
  })

  it('does not tell a payee that an accepted id is none while Redis is away', async () => {
    const { demo, system, payments } = stage.ledger
    const id = stage.ids.derive('pay', demo, 'asked for without Redis')
    const cutOff = await stage.instance({ REDIS_URL: 'unix:///nowhere/redis.sock' })
    const withoutRedis = await stage.http(cutOff)
    try {
      const ask = (client: number, payment: string) =>
        withoutRedis.inject({ url: `/v1/payments/${payment}`, headers: { 'x-identity': stage.identity(client) } })
      const forPayee = await ask(system, id)
      expect(forPayee.json()).toMatchObject({ status: 503, code: 'unavailable', retryable: true })
      expect(forPayee.headers['retry-after']).toBe('1')
      expect((await ask(demo, id)).json()).toEqual({ id, status: 'queued', version: 0 })
      expect((await ask(demo + 1, payments[0]?.id ?? '')).statusCode).toBe(404)
    } finally {
      await withoutRedis.close()
    }
  })

  it('does not know an id that this cluster never issued', async () => {
    const reads = readSide.cache.counts.reads
    expect((await get(`/v1/payments/pay_${'0'.repeat(38)}`)).statusCode).toBe(404)
    expect(readSide.cache.counts.reads).toBe(reads)
  })

  it("does not know a payment by an id with another owner's tag", async () => {
    const id = stage.ledger.payments[0]?.id ?? ''
    const altered = id.slice(0, -1) + (id.endsWith('0') ? '1' : '0')
    expect((await get(`/v1/payments/${altered}`)).statusCode).toBe(404)
    expect((await get(`/v1/payments/${id}`)).json()).toMatchObject({ id })
    expect((await get(`/v1/payments/${altered}`)).statusCode).toBe(404)
  })
})

interface Listed {
  readonly items: unknown[]
  readonly pages: number
}

/** Follows the cursors to the end. */
async function listAll(path: string, schema: Parameters<typeof pageSchema>[0]): Promise<Listed> {
  const items: unknown[] = []
  let cursor: string | null = null
  for (let pages = 1; ; pages++) {
    const at: string = cursor === null ? path : `${path}${path.includes('?') ? '&' : '?'}cursor=${cursor}`
    const answer = await get(at)
    expect(answer.statusCode).toBe(200)
    const page = pageSchema(schema).parse(answer.json())
    items.push(...page.data)
    cursor = page.next_cursor
    if (cursor === null) return { items, pages }
    expect(pages).toBeLessThan(500)
  }
}

describe('lists', () => {
  const idsOf = (items: readonly unknown[]) => items.map((item) => (item as { id: string }).id)

  it('show every account once, newest first', async () => {
    const { items } = await listAll('/v1/accounts?limit=3', accountSchema)
    expect(idsOf(items).sort()).toEqual([...stage.ledger.customers].sort())
  })

  it('show the accounts with an external id, and of no other client', async () => {
    const { demo, system } = stage.ledger
    const sql = `UPDATE accounts SET external_id = 'shop-7' WHERE id = ANY ($1::uuid[])`
    await query(stage.db.ownerUrl, sql, [stage.ledger.customers.slice(0, 3).map(idToUuid)])
    const { items } = await listAll('/v1/accounts?external_id=shop-7&limit=2', accountSchema)
    expect(idsOf(items).sort()).toEqual(stage.ledger.customers.slice(0, 3).sort())
    expect((await get('/v1/accounts?external_id=shop-7', {}, system)).json()).toEqual({ data: [], next_cursor: null })
    expect((await get('/v1/accounts?external_id=shop-8', {}, demo)).json()).toEqual({ data: [], next_cursor: null })
  })

  it('show the payments with a reference', async () => {
    const named = stage.ledger.payments.filter(({ client }) => client === stage.ledger.demo)
    const ids = [named[0]?.id ?? '', named.find(({ status }) => status === 'failed')?.id ?? '']
    const sql = `UPDATE payments SET reference = 'order-7' WHERE id = ANY ($1::uuid[])`
    await query(stage.db.ownerUrl, sql, [ids.map(idToUuid)])
    const { items } = await listAll('/v1/payments?reference=order-7&limit=1', paymentSchema)
    expect(idsOf(items)).toEqual(ids.reverse())
    const failed = await listAll(`/v1/payments?reference=order-7&status=failed`, paymentSchema)
    expect(idsOf(failed.items)).toEqual(ids.slice(0, 1))
  })

  it.each([1, 7, 100])('show every payment once, newest first, %i a page', async (limit) => {
    const { items } = await listAll(`/v1/payments?limit=${limit}`, paymentSchema)
    expect(idsOf(items)).toEqual(stage.ledger.payments.map(({ id }) => id).reverse())
  })

  it('by status, account and period show what the ledger has of it', async () => {
    const { payments } = stage.ledger
    const failed = payments.filter(({ status }) => status === 'failed').map(({ id }) => id)
    expect(idsOf((await listAll('/v1/payments?status=failed&limit=2', paymentSchema)).items)).toEqual(failed.reverse())
    const ofAccount = payments.filter(({ source, destination }) => source === mine || destination === mine)
    for (const status of [undefined, 'failed', 'succeeded']) {
      const filter = status === undefined ? '' : `&status=${status}`
      const expected = ofAccount.filter((payment) => status === undefined || payment.status === status)
      const { items } = await listAll(`/v1/payments?account=${mine}&limit=3${filter}`, paymentSchema)
      expect(idsOf(items)).toEqual(expected.map(({ id }) => id).reverse())
    }
    const [from, to] = [paymentTime(20), paymentTime(60)]
    const { items } = await listAll(`/v1/payments?from=${from}&to=${to}&limit=9`, paymentSchema)
    expect(idsOf(items)).toEqual(
      payments
        .slice(20, 60)
        .map(({ id }) => id)
        .reverse(),
    )
  })
})

/** When the n-th payment was posted: seedLedger posts one a millisecond. */
const paymentTime = (n: number): string => new Date(ledgerStart.getTime() + n).toISOString()

describe('GET /v1/accounts/{id}/entries', () => {
  const seqsOf = (items: readonly unknown[]) => items.map((item) => (item as { seq: number }).seq)
  const path = () => `/v1/accounts/${mine}/entries`
  const rows = () =>
    query<{ seq: number; amount: number; at: Date }>(
      stage.db.ownerUrl,
      'SELECT seq::int, amount::int, created_at AS at FROM entries WHERE account_id = $1 ORDER BY seq DESC',
      [idToUuid(mine)],
    )

  it('is gap-free, newest first, the same from the cache as from a replica', async () => {
    const expected = (await rows()).map(({ seq }) => seq)
    for (const limit of [1, 4, 100]) {
      const cold = await listAll(`${path()}?limit=${limit}`, entrySchema)
      const warm = await listAll(`${path()}?limit=${limit}`, entrySchema)
      expect(seqsOf(cold.items)).toEqual(expected)
      expect(warm).toEqual(cold)
    }
    const newest = await get(`${path()}?limit=4`)
    expect(newest.headers).toMatchObject({ 'x-data-source': 'cache', etag: `"${expected[0] ?? 0}"` })
  })

  it('shows a direction and a period', async () => {
    const all = await rows()
    for (const direction of ['in', 'out']) {
      const expected = all.filter(({ amount }) => amount > 0 === (direction === 'in')).map(({ seq }) => seq)
      const { items } = await listAll(`${path()}?direction=${direction}&limit=2`, entrySchema)
      expect(seqsOf(items)).toEqual(expected)
    }
    for (const [from, to] of [
      [0, 30],
      [30, 90],
      [90, 100_000],
      [50, 50],
    ] as const) {
      const [fromAt, toAt] = [paymentTime(from), paymentTime(to)]
      const expected = all.filter(({ at }) => at.toISOString() >= fromAt && at.toISOString() < toAt)
      const { items } = await listAll(`${path()}?from=${fromAt}&to=${toAt}&limit=2`, entrySchema)
      expect(seqsOf(items)).toEqual(expected.map(({ seq }) => seq))
    }
  })

  it('takes a cursor for the list that it came from, and for no other', async () => {
    const first = await get(`${path()}?direction=in&limit=1`)
    const { next_cursor: cursor } = first.json<{ next_cursor: string }>()
    const other = stage.ledger.customers[1] ?? ''
    expect((await get(`${path()}?direction=in&limit=1&cursor=${cursor}`)).statusCode).toBe(200)
    expect((await get(`${path()}?cursor=${cursor}`)).statusCode).toBe(200)
    for (const url of [
      `${path()}?direction=out&cursor=${cursor}`,
      `/v1/accounts/${other}/entries?cursor=${cursor}`,
      `/v1/payments?cursor=${cursor}`,
      `${path()}?cursor=${cursor.slice(0, -1)}${cursor.endsWith('A') ? 'B' : 'A'}`,
    ])
      expect((await get(url)).json()).toMatchObject({ status: 400, code: 'invalid_cursor' })
  })
})

describe('GET /internal/auth', () => {
  const secret = '0123456789abcdef0123456789abcdef'
  const ask = (key: string) =>
    app.inject({ method: 'GET', url: '/internal/auth', headers: { authorization: `Bearer ${key}` } })

  beforeAll(async () => {
    await query(
      stage.db.ownerUrl,
      `INSERT INTO api_keys (id, client_id, secret_hash, scopes, limit_tier, expires_at, revoked_at)
       SELECT id, $1, $2, '{payments:read}', 'high', expires, revoked
       FROM (VALUES ('live', NULL, NULL), ('expired', now(), NULL), ('revoked', NULL, now()))
         AS k (id, expires, revoked)`,
      [stage.ledger.demo, createHash('sha256').update(secret).digest()],
    )
  })

  it('answers with an identity that this service accepts', async () => {
    const answer = await ask(`sk_test_live_${secret}`)
    expect(answer.statusCode).toBe(204)
    expect(answer.headers).toMatchObject({ 'x-key-id': 'live', 'x-limit-tier': 'high', 'cache-control': 'max-age=4' })
    const identity = String(answer.headers['x-identity'])
    expect((await get(`/v1/accounts/${mine}`, { 'x-identity': identity })).statusCode).toBe(200)
  })

  it('knows nobody by another secret, an expired or a revoked key', async () => {
    for (const key of [`live_${secret}x`, `expired_${secret}`, `revoked_${secret}`, `nobody_${secret}`, 'x'])
      expect((await ask(`sk_test_${key}`)).statusCode).toBe(401)
  })
})
