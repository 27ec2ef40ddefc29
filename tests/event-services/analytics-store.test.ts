/** Rollups in a real database: what is counted once, whoever counts it and however often; what is kept, and for how long. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createHash, randomUUID } from 'node:crypto'
import { ANALYTICS_GRANULARITIES, MAX_AMOUNT_MINOR, type AnalyticsDimension } from '@paycluster/contracts'
import { IdCodec, idToUuid } from '@paycluster/platform/ids/id-codec'
import { createLogger } from '@paycluster/platform/logging'
import { endPool } from '@paycluster/testkit/end-pool'
import { query } from '@paycluster/testkit/query'
import { startTestPostgres, type TestPostgres } from '@paycluster/testkit/test-postgres'
import type { Pool } from 'pg'
import type { CountedOccurrence, Figures, FiguresQuery } from '../../event-services/src/analytics/analytics-store.ts'
import { AccountDirectory } from '../../event-services/src/analytics/counting/account-directory.ts'
import { OccurrenceCounter } from '../../event-services/src/analytics/counting/counter.ts'
import { cellOf } from '../../event-services/src/analytics/latency-histogram.ts'
import { PostgresStore } from '../../event-services/src/analytics/postgres/postgres-store.ts'
import { RollupSweeper } from '../../event-services/src/analytics/rollup-sweeper.ts'
import { createEventsPool } from '../../event-services/src/events-pool.ts'

const DAY_MS = 86_400_000
const NOW_MS = Date.parse('2026-11-27T12:00:30.000Z')
const ids = new IdCodec('a secret for tests, of 32 letters or more')
const [customer, merchant, stranger] = [ids.random('acc', 1), ids.random('acc', 2), ids.random('acc', 3)]
const clock = { now: () => NOW_MS }
const logger = createLogger('analytics-test', 'fatal')

let db: TestPostgres
let pools: Pool[]
let store: PostgresStore
let other: PostgresStore
let directory: AccountDirectory

beforeAll(async () => {
  db = await startTestPostgres()
  pools = ['one', 'two'].map((name) => createEventsPool({ url: db.eventsUrl, name, logger, max: 2 }))
  const [one, two] = pools
  if (one === undefined || two === undefined) throw new Error('two pools')
  store = new PostgresStore({ writing: one, reading: one })
  directory = new AccountDirectory(one)
  other = new PostgresStore({ writing: two, reading: two })
  await query(db.ownerUrl, `INSERT INTO clients (id, name) OVERRIDING SYSTEM VALUE VALUES (1, 'one'), (2, 'two')`)
  await query(
    db.ownerUrl,
    `INSERT INTO accounts (id, client_id, kind, currency, fingerprint, created_at)
     VALUES ($1, 1, 'customer', 'USD', '', now()), ($2, 2, 'merchant', 'USD', '', now())`,
    [idToUuid(customer), idToUuid(merchant)],
  )
}, 60_000)
afterAll(async () => {
  await Promise.all(pools.map(endPool))
  await db.stop()
})
beforeEach(() => query(db.ownerUrl, 'TRUNCATE analytics.rollups, analytics.counted_events, analytics.progress'))

const occurrence = (more: Partial<CountedOccurrence> = {}): CountedOccurrence => ({
  key: createHash('sha256').update(randomUUID()).digest('hex').slice(0, 32),
  atMs: NOW_MS,
  kind: 'payment',
  state: 'succeeded',
  currency: 'USD',
  volume: 100,
  latencyCell: cellOf(20),
  client: 1,
  merchant,
  ...more,
})

const everything: FiguresQuery = {
  granularity: 'day',
  fromMs: NOW_MS - 400 * DAY_MS,
  toMs: NOW_MS + DAY_MS,
  groupBy: new Set<AnalyticsDimension>(['client', 'merchant', 'kind', 'state', 'currency']),
  client: undefined,
  merchant: undefined,
  kind: undefined,
  currency: undefined,
  limit: 1000,
}
const totals = (figures: readonly Figures[]) => ({
  count: figures.reduce((sum, { count }) => sum + count, 0),
  volume: figures.reduce((sum, { volume }) => sum + volume, 0n),
})
const readAll = (more: Partial<FiguresQuery> = {}): Promise<Figures[]> => store.read({ ...everything, ...more })

describe('rollups', () => {
  it('count in minutes, hours and days alike', async () => {
    const batch = Array.from({ length: 300 }, (_, n) => occurrence({ atMs: NOW_MS - n * 61_000, volume: n }))
    expect(await store.count(batch, [])).toBe(300)
    for (const granularity of ANALYTICS_GRANULARITIES)
      expect(totals(await readAll({ granularity }))).toEqual({ count: 300, volume: 44_850n })
    expect((await readAll({ granularity: 'minute' })).map(({ count }) => count)).toEqual(Array<number>(300).fill(1))
  })

  it('add nothing for what comes again, in any company, also when two count it at once', async () => {
    const batch = Array.from({ length: 200 }, (_, n) => occurrence({ client: (n % 3) + 1 }))
    const counts = await Promise.all([
      store.count(batch, []),
      other.count(batch.toReversed(), []),
      store.count(batch.slice(100), []),
      other.count(batch.slice(0, 150), []),
    ])
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(200)
    expect(await store.count([...batch.slice(50), occurrence()], [])).toBe(1)
    expect(totals(await readAll())).toEqual({ count: 201, volume: 20_100n })
  })

  it('hold together with how far they go: both or neither', async () => {
    const progress = [{ partition: 3, nextOffset: 42, eventAtMs: NOW_MS }]
    await store.count([occurrence()], progress)
    expect(await store.progress()).toEqual(new Map([[3, { nextOffset: 42, eventAtMs: NOW_MS }]]))
    await expect(
      store.count(
        [occurrence(), occurrence({ currency: '\u0000' })],
        [{ ...progress[0], partition: 3, nextOffset: 50, eventAtMs: undefined }],
      ),
    ).rejects.toThrow()
    expect(totals(await readAll()).count).toBe(1)
    expect((await store.progress()).get(3)?.nextOffset).toBe(42)
    await store.count([], [{ partition: 3, nextOffset: 50, eventAtMs: undefined }])
    expect((await store.progress()).get(3)).toEqual({ nextOffset: 50, eventAtMs: NOW_MS })
  })

  it('hold sums that no number holds', async () => {
    const batch = Array.from({ length: 2000 }, () => occurrence({ volume: MAX_AMOUNT_MINOR }))
    await store.count(batch, [])
    expect(totals(await readAll()).volume).toBe(2000n * BigInt(MAX_AMOUNT_MINOR))
  })

  it('are grouped and filtered by what is asked for; without states only ends count', async () => {
    await store.count(
      [
        occurrence(),
        occurrence({ state: 'failed', volume: 7, latencyCell: cellOf(5) }),
        occurrence({ kind: 'hold', state: 'requires_capture', latencyCell: -1 }),
        occurrence({ kind: 'hold', volume: 60, client: 2, merchant: '', currency: 'EUR' }),
      ],
      [],
    )
    const by = (...groupBy: AnalyticsDimension[]) => readAll({ groupBy: new Set(groupBy) })
    const parts = (figures: readonly Figures[]) =>
      figures.map(({ kind, state, currency, count, succeeded, final, volume }) => [
        ...[kind, state, currency, count, succeeded, final, Number(volume)],
      ])
    expect(parts(await by('kind'))).toEqual([
      ['hold', null, 'EUR', 1, 1, 1, 60],
      ['payment', null, 'USD', 2, 1, 2, 107],
    ])
    expect(parts(await by('state'))).toEqual([
      [null, 'failed', 'USD', 1, 0, 1, 7],
      [null, 'requires_capture', 'USD', 1, 0, 0, 100],
      [null, 'succeeded', 'EUR', 1, 1, 1, 60],
      [null, 'succeeded', 'USD', 1, 1, 1, 100],
    ])
    expect(totals(await readAll({ client: 2 })).count).toBe(1)
    expect(totals(await readAll({ merchant })).count).toBe(3)
    expect(totals(await readAll({ kind: 'hold' })).count).toBe(2)
    expect(totals(await readAll({ currency: 'EUR' })).count).toBe(1)
    expect(await readAll({ limit: 2 })).toHaveLength(2)
    const [hour] = await readAll({ granularity: 'hour', groupBy: new Set(), currency: 'USD' })
    expect(hour?.latencies).toEqual(
      new Map([
        [cellOf(5), 1],
        [cellOf(20), 1],
      ]),
    )
  })
})

describe('what was counted', () => {
  const counter = (horizonDays = 8) => new OccurrenceCounter(store, directory, clock, horizonDays * DAY_MS)
  const told = (more: Partial<CountedOccurrence> = {}, maker = customer, destination = merchant) => {
    return { ...occurrence(more), maker, destination }
  }

  it('is the client’s that pays and the merchant’s that is paid, as far as these are accounts', async () => {
    const events = [told(), told({}, merchant, customer), told({}, stranger, stranger)]
    expect(await counter().count(events, [])).toEqual({ counted: 3, repeated: 0, tooLate: 0 })
    const figures = await readAll()
    expect(figures.map(({ client, merchant: paid }) => [client, paid])).toEqual([
      [0, ''],
      [1, merchant],
      [2, ''],
    ])
  })

  it('comes twice in one batch and counts once', async () => {
    const event = told()
    expect(await counter().count([event, event], [])).toEqual({ counted: 1, repeated: 1, tooLate: 0 })
    expect(totals(await readAll()).count).toBe(1)
  })

  it('is kept until nothing of its time is counted any more: it never counts twice', async () => {
    const late = told({ atMs: NOW_MS - 7 * DAY_MS })
    expect((await counter().count([late], [])).counted).toBe(1)
    const sweeper = new RollupSweeper(store, { minuteDays: 14, hourDays: 365, horizonDays: 8 }, clock, logger)
    expect(await sweeper.sweep()).toBe(false)
    expect((await counter().count([late], [])).counted).toBe(0)
    // Once it is past the horizon it is not known any more, and not counted either.
    const shorter = new RollupSweeper(store, { minuteDays: 14, hourDays: 365, horizonDays: 5 }, clock, logger)
    await shorter.sweep()
    expect(await query(db.ownerUrl, 'SELECT FROM analytics.counted_events')).toHaveLength(0)
    expect(await counter(5).count([late], [])).toEqual({ counted: 0, repeated: 0, tooLate: 1 })
    expect(totals(await readAll()).count).toBe(1)
  })
})

describe('the sweeper', () => {
  it('deletes minutes and hours after their time, a bounded number at once, and never days', async () => {
    const batch = Array.from({ length: 6000 }, (_, n) => occurrence({ atMs: NOW_MS - 20 * DAY_MS - n * 60_000 }))
    await store.count([...batch, occurrence(), occurrence({ atMs: NOW_MS - 370 * DAY_MS })], [])
    const sweeper = new RollupSweeper(store, { minuteDays: 14, hourDays: 365, horizonDays: 8 }, clock, logger)
    const rows = async (granularity: string) => {
      const [row] = await query<{ count: number }>(
        db.ownerUrl,
        'SELECT count(*)::int AS count FROM analytics.rollups WHERE granularity = $1',
        [granularity],
      )
      return row?.count
    }
    const hours = await rows('hour')
    expect([await rows('minute'), await sweeper.sweep()]).toEqual([6002, true])
    expect(await rows('minute')).toBe(1002)
    expect(await sweeper.sweep()).toBe(false)
    expect([await rows('minute'), await rows('hour')]).toEqual([1, (hours ?? 0) - 1])
    expect(totals(await readAll()).count).toBe(6002)
  })
})
