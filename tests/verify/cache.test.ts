/** I8 can fail: what no reader may be told is found in the cache. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { Redis } from 'ioredis'
import { encodeCacheEntry, type CacheEntry } from '@paycluster/platform/cache/cache-entry'
import {
  accountKey,
  balanceKey,
  newestEntriesKey,
  olderPageKey,
  paymentKey,
  refundKey,
} from '@paycluster/platform/cache/cache-keys'
import { joinEntries } from '@paycluster/platform/cache/newest-entries'
import { FAILURES, OPERATION_FAILURES, type Entry } from '@paycluster/contracts'
import { IdCodec, idToUuid } from '@paycluster/platform/ids/id-codec'
import { checkCache } from '@paycluster/cluster/verify/check-cache'
import { query } from '@paycluster/testkit/query'
import { seedLedger, type SeededLedger } from '@paycluster/testkit/seed-ledger'
import { startTestPostgres, type DatabaseUrls, type TestPostgres } from '@paycluster/testkit/test-postgres'
import { startTestRedis, type TestRedis } from '@paycluster/testkit/test-redis'

const codec = new IdCodec('a secret for tests, of 32 letters or more')
let server: TestPostgres
let store: TestRedis
let redis: Redis
let db: DatabaseUrls
let ledger: SeededLedger
beforeAll(async () => {
  ;[server, store] = await Promise.all([startTestPostgres(), startTestRedis()])
  redis = new Redis(store.url)
  db = await server.createDatabase()
  ledger = await seedLedger(db.ownerUrl, codec)
}, 60_000)
afterAll(async () => {
  redis.disconnect()
  await Promise.all([server.stop(), store.stop()])
})
beforeEach(() => fillTruly())
afterEach(() => redis.flushall())

/** Nothing is being written: what is wrong stays wrong. */
const SETTLE_MS = 0
const check = () => checkCache(db.monitorUrl, redis, codec, SETTLE_MS)

interface EntryRow {
  readonly seq: number
  readonly payment_id: string
  readonly amount: number
  readonly balance_after: number
  readonly created_at: Date
}

const entriesOf = async (account: string): Promise<EntryRow[]> => {
  const rows = await query<Record<keyof EntryRow, string>>(
    db.ownerUrl,
    'SELECT seq, payment_id, amount, balance_after, created_at FROM entries WHERE account_id = $1 ORDER BY seq',
    [idToUuid(account)],
  )
  return rows.map((row) => ({
    seq: Number(row.seq),
    payment_id: row.payment_id,
    amount: Number(row.amount),
    balance_after: Number(row.balance_after),
    created_at: new Date(row.created_at),
  }))
}

const put = (entry: Partial<CacheEntry> & Pick<CacheEntry, 'key' | 'version' | 'owners'>, body: object) =>
  redis.set(
    entry.key,
    encodeCacheEntry({ timeline: 1, lsn: 1n, asOfMs: 1, token: '1.1.1', json: JSON.stringify(body), ...entry }),
  )

const customer = (n: number): string => ledger.customers[n] ?? ''

async function putBalance(account: string, version: number, change: object = {}, owners = [ledger.demo]) {
  const entry = (await entriesOf(account))[version - 1]
  const posted = entry?.balance_after ?? 0
  const body = {
    account_id: account,
    currency: 'USD',
    posted,
    pending_out: 0,
    available: posted,
    version,
    as_of: '2026-11-27T00:00:00.000Z',
    ...change,
  }
  await put({ key: balanceKey(account), version, owners }, body)
}

async function shownEntries(account: string, seqs: readonly number[]): Promise<Entry[]> {
  const entries = await entriesOf(account)
  return seqs.map((seq) => {
    const entry = entries[seq - 1]
    if (entry === undefined) throw new Error('no such entry')
    const payment_id = codec.fromUuid('pay', entry.payment_id, ledger.demo)
    return { kind: 'payment', ...entry, payment_id, created_at: entry.created_at.toISOString() }
  })
}

async function putPage(account: string, key: string, version: number, seqs: readonly number[], change: object = {}) {
  const data = (await shownEntries(account, seqs)).map((entry) => ({ ...entry, ...change }))
  await put({ key, version, owners: [ledger.demo] }, { data, next_cursor: null })
}

async function putNewest(account: string, version: number, seqs: readonly number[]) {
  const json = joinEntries(await shownEntries(account, seqs))
  await put({ key: newestEntriesKey(account), version, owners: [ledger.demo], json }, {})
}

/** From `last` down to 1, twenty at most. */
const newestOf = (last: number): number[] => Array.from({ length: Math.min(last, 20) }, (_, index) => last - index)

async function putPayment(n: number, change: object = {}, version = 1) {
  const payment = ledger.payments[n]
  if (payment === undefined) throw new Error('no such payment')
  const [row] = await query<{ at: Date }>(db.ownerUrl, 'SELECT posted_at AS at FROM payments WHERE id = $1', [
    idToUuid(payment.id),
  ])
  const failure =
    payment.status === 'failed' ? { code: 'insufficient_funds', detail: FAILURES.insufficient_funds } : null
  const body = {
    id: payment.id,
    status: payment.status,
    source: payment.source,
    destination: payment.destination,
    amount: payment.amount,
    currency: 'USD',
    reference: null,
    description: null,
    metadata: {},
    failure,
    capture: 'automatic',
    captured: payment.status === 'failed' ? 0 : payment.amount,
    refunded: 0,
    expires_at: null,
    created_at: row?.at.toISOString(),
    completed_at: row?.at.toISOString(),
    version,
    ...change,
  }
  await put({ key: paymentKey(payment.id), version, owners: [...new Set([payment.client, ledger.demo])] }, body)
}

/** A refund of a payment that failed, in the ledger and in the cache. */
async function putRefund(change: object = {}, owners: readonly number[] = [ledger.demo]) {
  const refund = codec.derive('ref', ledger.demo, 'refund')
  const payment = ledger.payments.at(-1)?.id ?? ''
  const at = '2026-01-02T00:00:00.000Z'
  await query(
    db.ownerUrl,
    `INSERT INTO payment_operations (id, payment_id, client_id, kind, failure, amount, fingerprint, created_at, posted_at)
     VALUES ($1, $2, $3, 'refund', 'payment_not_refundable', 5, '', $4, $4) ON CONFLICT DO NOTHING`,
    [idToUuid(refund), idToUuid(payment), ledger.demo, at],
  )
  const body = {
    id: refund,
    payment,
    status: 'failed',
    amount: 5,
    currency: 'USD',
    reason: null,
    failure: { code: 'payment_not_refundable', detail: OPERATION_FAILURES.payment_not_refundable },
    created_at: at,
    completed_at: at,
    version: 1,
    ...change,
  }
  await put({ key: refundKey(refund), version: 1, owners }, body)
}

async function putAccount(account: string, change: object = {}, revision = 1) {
  const body = {
    id: account,
    kind: 'customer',
    currency: 'USD',
    status: 'active',
    external_id: null,
    metadata: {},
    created_at: '2026-01-01T00:00:00.000Z',
    revision,
    ...change,
  }
  await put({ key: accountKey(account), version: revision, owners: [ledger.demo] }, body)
}

/** One of everything that a true cache may hold, an overtaken balance included. */
async function fillTruly(): Promise<void> {
  const version = (await entriesOf(customer(0))).length
  await putBalance(customer(0), version)
  await putBalance(customer(1), 3)
  await putAccount(customer(0))
  await putPayment(0)
  await putPayment(20)
  await putPayment(ledger.payments.length - 1)
  await putNewest(customer(0), version, newestOf(version))
  await putPage(customer(0), olderPageKey(customer(0), 3, 20), 3, [2, 1])
  await putRefund()
  await redis.set('idempotency:something', 'else')
}

describe('a true cache', () => {
  it('passes, overtaken entries included', async () => {
    expect(await check()).toMatchObject({ checked: 9, violations: 0 })
  })

  it('may be empty', async () => {
    await redis.flushall()
    expect(await check()).toMatchObject({ checked: 0, violations: 0 })
  })

  it('may hold what an earlier timeline left: no reader answers with it', async () => {
    await put({ key: balanceKey(customer(4)), version: 999, owners: [ledger.demo], timeline: 0 }, {})
    expect(await check()).toMatchObject({ violations: 0, notes: [expect.stringContaining('earlier timeline')] })
  })
})

describe('I8 finds', () => {
  it.each<[string, () => Promise<unknown>, string]>([
    ['a balance newer than the primary', () => putBalance(customer(2), 10_000), 'newer than the primary'],
    ['a wrong balance', () => putBalance(customer(2), 5, { posted: 1 }), 'other content'],
    ['a wrong sum', () => putBalance(customer(2), 5, { available: 1 }), 'other content'],
    ['a balance under another version', () => putBalance(customer(2), 5, { version: 6 }), 'other content'],
    ['a balance that others may read', () => putBalance(customer(2), 5, {}, [ledger.demo, 99]), 'other owners'],
    ['a payment that is newer', () => putPayment(30, {}, 2), 'newer than the primary'],
    ['an account in another state', () => putAccount(customer(2), { status: 'blocked' }), 'other content'],
    ['an account that is newer', () => putAccount(customer(2), {}, 2), 'newer than the primary'],
    [
      'an account that the ledger lacks',
      () => putAccount(codec.derive('acc', ledger.demo, 'never opened')),
      'the ledger has no such account',
    ],
    ['a refund that others may read', () => putRefund({}, [ledger.demo, 99]), 'other owners'],
    ['a refund of another amount', () => putRefund({ amount: 6 }), 'other content'],
    ['a refund of another payment', () => putRefund({ payment: ledger.payments[3]?.id }), 'other content'],
    ['a refund that did not fail', () => putRefund({ status: 'succeeded', failure: null }), 'other content'],
    [
      'a refund that the ledger lacks',
      async () => {
        await putRefund()
        await query(db.ownerUrl, 'TRUNCATE payment_operations')
      },
      'the ledger has no such refund',
    ],
    ['newest entries with a gap', () => putNewest(customer(2), 5, [5, 4, 2, 1]), 'other content'],
    ['newest entries under another version', () => putNewest(customer(2), 5, newestOf(4)), 'other content'],
    [
      'a page with another amount',
      () => putPage(customer(2), olderPageKey(customer(2), 3, 20), 3, [2, 1], { amount: 7 }),
      'other content',
    ],
    [
      'an entry from a log position that is not reached',
      () => put({ key: accountKey(customer(3)), version: 1, owners: [ledger.demo], lsn: 2n ** 60n }, {}),
      'from a log position that the primary has not reached',
    ],
    [
      'something else under its keys',
      () => redis.set(balanceKey(customer(3)), '{}'),
      'no entry of the versioned cache',
    ],
    ['an id of another cluster', () => redis.set(`bal:acc_${'0'.repeat(38)}`, 'x'), 'this cluster never issued the id'],
  ])('%s', async (_, corrupt, problem) => {
    await corrupt()
    const finding = await check()
    expect(finding.rows.map((row) => row.problem)).toContain(problem)
  })

  const failed = () => ledger.payments.length - 1
  /** The same account, with the tag of a client that is not its owner. */
  const mistagged = (account: string) => codec.fromUuid('acc', idToUuid(account), 99)

  it.each<[field: string, () => Promise<unknown>]>([
    ['id', () => putPayment(30, { id: ledger.payments[31]?.id })],
    ['status', () => putPayment(30, { status: 'failed' })],
    ['source', () => putPayment(30, { source: ledger.fundingAccount })],
    ['source’s owner', () => putPayment(30, { source: mistagged(ledger.payments[30]?.source ?? '') })],
    ['destination', () => putPayment(30, { destination: ledger.fundingAccount })],
    ['destination’s owner', () => putPayment(30, { destination: mistagged(ledger.payments[30]?.destination ?? '') })],
    ['amount', () => putPayment(30, { amount: 1 })],
    ['currency', () => putPayment(30, { currency: 'EUR' })],
    ['reference', () => putPayment(30, { reference: 'order-1' })],
    ['description', () => putPayment(30, { description: '' })],
    ['metadata', () => putPayment(30, { metadata: { order: '1' } })],
    ['failure', () => putPayment(failed(), { failure: null })],
    ['reason', () => putPayment(failed(), { failure: { code: 'account_blocked', detail: FAILURES.account_blocked } })],
    [
      'reason’s sentence',
      () => putPayment(failed(), { failure: { code: 'insufficient_funds', detail: 'Too little.' } }),
    ],
    ['way of capture', () => putPayment(30, { capture: 'manual' })],
    ['amount captured', () => putPayment(30, { captured: 0 })],
    ['amount refunded', () => putPayment(30, { refunded: 1 })],
    ['time of expiry', () => putPayment(30, { expires_at: '2026-11-27T00:00:00.000Z' })],
    ['time of creation', () => putPayment(30, { created_at: '2026-11-27T00:00:00.000Z' })],
    ['time of completion', () => putPayment(30, { completed_at: null })],
    ['version', () => putPayment(30, { version: 2 })],
    ['set of fields', () => putPayment(30, { bank: 'none' })],
  ])('a payment with another %s', async (_, corrupt) => {
    await corrupt()
    expect((await check()).rows.map((row) => row.problem)).toContain('other content')
  })
})
