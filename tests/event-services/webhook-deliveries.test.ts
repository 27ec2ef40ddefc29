/** Webhook deliveries in a real database: who gets a turn, what is sent twice, what is given up. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { idToUuid, IdCodec } from '@paycluster/platform/ids/id-codec'
import { createLogger } from '@paycluster/platform/logging'
import { endPool } from '@paycluster/testkit/end-pool'
import { query } from '@paycluster/testkit/query'
import { startTestPostgres, type TestPostgres } from '@paycluster/testkit/test-postgres'
import type { Pool } from 'pg'
import { createEventsPool } from '../../event-services/src/events-pool.ts'
import { DeliverySweeper } from '../../event-services/src/webhooks/deliveries/delivery-sweeper.ts'
import { DeliveryStore } from '../../event-services/src/webhooks/deliveries/delivery-store.ts'
import { EndpointStore } from '../../event-services/src/webhooks/endpoints/endpoint-store.ts'
import {
  DeliveryQueue,
  type ClaimedDelivery,
  type FinishedDelivery,
} from '../../event-services/src/webhooks/sending/delivery-queue.ts'
import type { SendResult } from '../../event-services/src/webhooks/sending/webhook-sender.ts'
import { AccountOwners } from '../../event-services/src/webhooks/telling/account-owners.ts'
import { toClientEvent, type ClientEvent } from '../../event-services/src/webhooks/telling/client-event.ts'
import { DeliveryIds } from '../../event-services/src/webhooks/telling/delivery-id.ts'
import { FanOut } from '../../event-services/src/webhooks/telling/fan-out.ts'

const SECRET = 'a secret for tests, of 32 letters or more'
const ids = new IdCodec(SECRET)
const deliveryIds = new DeliveryIds(SECRET)
const DISABLE_AFTER_MS = 3_600_000
const LEASE_MS = 60_000

let db: TestPostgres
let pool: Pool
let fanOut: FanOut
let queue: DeliveryQueue
let endpoints: EndpointStore
const account = ids.random('acc', 1)

beforeAll(async () => {
  db = await startTestPostgres()
  pool = createEventsPool({ url: db.eventsUrl, name: 'webhooks-test', logger: createLogger('test', 'fatal'), max: 4 })
  fanOut = new FanOut(pool, new AccountOwners(), deliveryIds)
  queue = new DeliveryQueue(pool, ids, deliveryIds, DISABLE_AFTER_MS)
  endpoints = new EndpointStore(pool)
  await query(db.ownerUrl, `INSERT INTO clients (id, name) OVERRIDING SYSTEM VALUE VALUES (1, 'one'), (2, 'two')`)
  await query(
    db.ownerUrl,
    `INSERT INTO accounts (id, client_id, kind, currency, fingerprint, created_at) VALUES ($1, 1, 'customer', 'USD', '', now())`,
    [idToUuid(account)],
  )
}, 60_000)
afterAll(async () => {
  await endPool(pool)
  await db.stop()
})
beforeEach(() => query(db.ownerUrl, 'TRUNCATE webhook_attempts, webhook_deliveries, webhook_endpoints'))

let made = 0
async function endpoint(events?: 'payment.succeeded'[]): Promise<string> {
  made += 1
  const id = made.toString(16).padStart(32, '0')
  await endpoints.create({
    id,
    client: 1,
    url: 'https://shop.example/',
    events,
    fingerprint: '00',
    description: undefined,
  })
  return id
}

const event = (): ClientEvent => {
  made += 1
  const data = { payment: { source: account, destination: account }, commit_lsn: '0/1', timeline: 1 }
  const text = JSON.stringify({
    id: `pay_${made}.1`,
    type: 'payment.succeeded',
    time: '2026-11-27T09:00:00.000Z',
    data,
  })
  const told = toClientEvent(Buffer.from(text))
  if (told === undefined) throw new Error('nobody is told')
  return told
}
const events = (count: number): ClientEvent[] => Array.from({ length: count }, event)

const claim = (
  most: number,
  mostOfEndpoint = 4,
  busy: Record<string, number> = {},
  ofClient: { most: number; counts: ReadonlyMap<number, number> } = { most: 1000, counts: new Map() },
): Promise<ClaimedDelivery[]> =>
  queue.claim(most, LEASE_MS, {
    endpoint: { most: mostOfEndpoint, counts: new Map(Object.entries(busy)) },
    client: ofClient,
  })

const result = (status: number | null): SendResult => ({
  startedAtMs: 0,
  durationMs: 1,
  address: null,
  requestHeaders: {},
  answer: status === null ? null : { status, headers: {}, body: '', retryAfterMs: undefined },
  error: status === null ? 'no answer' : null,
})
const finished = (
  claimed: ClaimedDelivery,
  state: FinishedDelivery['state'],
  { dueMs = 0, status = 204, isGone = false }: { dueMs?: number; status?: number | null; isGone?: boolean } = {},
): FinishedDelivery => ({ claimed, state, dueMs, result: result(status), isGone })

const states = async (): Promise<Record<string, number>> => {
  const rows = await query<{ state: string; count: number }>(
    db.monitorUrl,
    'SELECT state::text, count(*)::int AS count FROM webhook_deliveries GROUP BY state',
  )
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]))
}

describe('an event', () => {
  it('is one delivery for each endpoint that wants it, however often it is told', async () => {
    await endpoint()
    await endpoint(['payment.succeeded'])
    const told = events(3)
    expect(await fanOut.tell(told)).toBe(6)
    expect(await fanOut.tell([...told, event()])).toBe(2)
    expect(await states()).toEqual({ pending: 8 })
  })

  it('is none for an endpoint that is disabled or deleted', async () => {
    const [disabled, deleted] = [await endpoint(), await endpoint()]
    await fanOut.tell(events(2))
    await endpoints.update(disabled, 1, { enabled: false })
    await endpoints.delete(deleted, 1)
    expect(await states()).toEqual({ canceled: 4 })
    expect(await fanOut.tell(events(1))).toBe(0)
    expect(await claim(10)).toEqual([])
  })
})

describe('a turn', () => {
  it('is each endpoint’s, whatever waits for the others', async () => {
    const [busy, quiet] = [await endpoint(), await endpoint()]
    await fanOut.tell(events(20))
    const taken = Map.groupBy(await claim(100), ({ endpoint_id }) => endpoint_id)
    expect([taken.get(busy)?.length, taken.get(quiet)?.length]).toEqual([4, 4])
    const more = await claim(100, 4, { [busy]: 4, [quiet]: 1 })
    expect(more.map(({ endpoint_id }) => endpoint_id)).toEqual([quiet, quiet, quiet])
    expect(await claim(2, 100)).toHaveLength(2)
  })

  it('is each client’s, however many endpoints another one has', async () => {
    for (let n = 0; n < 3; n++) await endpoint()
    await fanOut.tell(events(10))
    expect(await claim(100, 4, {}, { most: 5, counts: new Map() })).toHaveLength(5)
    expect(await claim(100, 4, {}, { most: 5, counts: new Map([[1, 4]]) })).toHaveLength(1)
    expect(await claim(100, 4, {}, { most: 5, counts: new Map([[1, 5]]) })).toEqual([])
  })

  it('is one at a time where nothing can be delivered', async () => {
    await endpoint()
    await fanOut.tell(events(20))
    const taken = await claim(100)
    await queue.finish(taken.map((one) => finished(one, 'pending', { dueMs: 60_000, status: 500 })))
    const [only, ...others] = await claim(100)
    expect(others).toEqual([])
    if (only === undefined) throw new Error('nothing was taken')
    await queue.finish([finished(only, 'delivered')])
    expect(await claim(100)).toHaveLength(4)
  })

  it('is one process’s, until its lease ends', async () => {
    await endpoint()
    await fanOut.tell(events(1))
    const taken = await Promise.all([claim(1), claim(1), claim(1)])
    expect(taken.flat()).toHaveLength(1)
    await query(db.ownerUrl, `UPDATE webhook_deliveries SET due_at = now() - interval '1 second'`)
    const [again] = await claim(1)
    expect(again).toMatchObject({ attempts: 2, attempts_of_run: 2 })
    // The first one comes back after all: what it has to say of the delivery counts no more, and is kept as an attempt.
    await queue.finish(taken.flat().map((one) => finished(one, 'failed', { status: 500 })))
    expect(await states()).toEqual({ pending: 1 })
    if (again === undefined) throw new Error('nothing was taken')
    await queue.finish([finished(again, 'delivered')])
    expect(await states()).toEqual({ delivered: 1 })
    const { attempts } = await new DeliveryStore(pool).read(again.id, 1)
    expect(attempts.map(({ number, status }) => [number, status])).toEqual([
      [2, 204],
      [1, 500],
    ])
  })
})

describe('an endpoint', () => {
  it('to which nothing can be delivered for long is disabled, and the client’s others are told once', async () => {
    const failing = await endpoint()
    await fanOut.tell(events(3))
    const [one, two] = await claim(2)
    if (one === undefined || two === undefined) throw new Error('nothing was taken')
    expect(await queue.finish([finished(one, 'pending', { status: 500, dueMs: 60_000 })])).toEqual([])
    const other = await endpoint()
    await query(db.ownerUrl, `UPDATE webhook_endpoints SET failing_since = now() - interval '2 hours' WHERE id = $1`, [
      failing,
    ])
    const disabled = await queue.finish([finished(two, 'pending', { status: null, dueMs: 60_000 })])
    expect(disabled).toMatchObject([{ disabled_reason: 'failing' }])
    expect(await states()).toEqual({ canceled: 3, pending: 1 })
    const [notice] = await claim(10)
    expect(notice).toMatchObject({ endpoint_id: other })
    expect(JSON.parse(notice?.body ?? '')).toMatchObject({
      type: 'webhook_endpoint.disabled',
      data: { webhook_endpoint: { enabled: false, disabled: { reason: 'failing' } } },
    })
  })

  it('that delivers and fails at once is well', async () => {
    const id = await endpoint()
    await fanOut.tell(events(2))
    const [one, two] = await claim(2)
    if (one === undefined || two === undefined) throw new Error('nothing was taken')
    await queue.finish([finished(one, 'pending', { status: 500, dueMs: 1 }), finished(two, 'delivered')])
    expect(await endpoints.read(id, 1)).toMatchObject({ failing_since: null })
  })
})

describe('an endpoint that is moved', () => {
  it('is not judged by what came of its old URL', async () => {
    const id = await endpoint()
    await fanOut.tell(events(2))
    const [one, two] = await claim(2)
    if (one === undefined || two === undefined) throw new Error('nothing was taken')
    await endpoints.update(id, 1, { url: 'https://other.example/' })
    expect(await queue.finish([finished(one, 'failed', { status: 410, isGone: true })])).toEqual([])
    await queue.finish([finished(two, 'pending', { status: 500 })])
    expect(await endpoints.read(id, 1)).toMatchObject({ disabled_at: null, failing_since: null })
  })
})

describe('what was sent', () => {
  it('is sent again by hand though its last attempt is still under way', async () => {
    await endpoint()
    await fanOut.tell(events(1))
    const [one] = await claim(1)
    if (one === undefined) throw new Error('nothing was taken')
    await new DeliveryStore(pool).resend(one.id, 1)
    await queue.finish([finished(one, 'failed', { status: 500 })])
    expect(await states()).toEqual({ pending: 1 })
    expect(await claim(1)).toMatchObject([{ id: one.id, attempts: 2, attempts_of_run: 1, run: 1 }])
  })

  it('is sent again when its client says so, by the schedule of a new one', async () => {
    const id = await endpoint()
    await fanOut.tell(events(1))
    const [one] = await claim(1)
    if (one === undefined) throw new Error('nothing was taken')
    await queue.finish([finished(one, 'failed', { status: 500 })])
    const store = new DeliveryStore(pool)
    await expect(store.resend(one.id, 2)).rejects.toMatchObject({ code: 'not_found' })
    expect(await store.resend(one.id, 1)).toMatchObject({ state: 'pending', attempts: 1 })
    expect(await claim(1)).toMatchObject([{ id: one.id, attempts: 2, attempts_of_run: 1 }])
    await endpoints.update(id, 1, { enabled: false })
    await expect(store.resend(one.id, 1)).rejects.toMatchObject({ code: 'endpoint_disabled' })
  })

  it('is kept for its days, and what is left of endpoints that are no more is canceled', async () => {
    const id = await endpoint()
    await fanOut.tell(events(3))
    const taken = await claim(2)
    await queue.finish(taken.map((one) => finished(one, 'delivered')))
    const sweeper = new DeliverySweeper(pool, 30, createLogger('test', 'fatal'))
    expect(await sweeper.sweep()).toBe(0)
    await query(db.ownerUrl, `UPDATE webhook_deliveries SET finished_at = now() - interval '31 days' WHERE id = $1`, [
      taken[0]?.id,
    ])
    await query(db.ownerUrl, 'UPDATE webhook_endpoints SET deleted_at = now() WHERE id = $1', [id])
    expect(await sweeper.sweep()).toBe(2)
    expect(await states()).toEqual({ delivered: 1, canceled: 1 })
  })
})
