/** Alerts in a real database: what counts once, what is raised late, who has the turn, who is told by whom. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { ALERT_CHANNELS, type ClusterState } from '@paycluster/contracts'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import { createLogger } from '@paycluster/platform/logging'
import { createMetrics } from '@paycluster/platform/metrics'
import { endPool } from '@paycluster/testkit/end-pool'
import { query } from '@paycluster/testkit/query'
import { startTestPostgres, type TestPostgres } from '@paycluster/testkit/test-postgres'
import { waitFor } from '@paycluster/testkit/wait-for'
import type { Pool } from 'pg'
import { AlertMetrics } from '../../event-services/src/alerts/alert-metrics.ts'
import { AlertSweeper } from '../../event-services/src/alerts/alert-sweeper.ts'
import { AlertBook, MAX_OPEN_OF_RULE } from '../../event-services/src/alerts/book/alert-book.ts'
import { AlertReader } from '../../event-services/src/alerts/book/alert-reader.ts'
import type { AlertRow } from '../../event-services/src/alerts/book/alert-row.ts'
import { EventCounter, type ListenedSlice } from '../../event-services/src/alerts/counting/event-counter.ts'
import { toListenedEvent } from '../../event-services/src/alerts/counting/listened-event.ts'
import { Standstill } from '../../event-services/src/alerts/looking/standstill.ts'
import { Watch } from '../../event-services/src/alerts/looking/watch.ts'
import type { Channel, ChannelMessage, ChannelOutcome } from '../../event-services/src/alerts/notifying/channel.ts'
import { NotificationQueue } from '../../event-services/src/alerts/notifying/notification-queue.ts'
import { Notifier } from '../../event-services/src/alerts/notifying/notifier.ts'
import { EventPublisher } from '../../event-services/src/alerts/publishing/event-publisher.ts'
import { parseRules } from '../../event-services/src/alerts/rules/parse-rules.ts'
import type { RuleSet } from '../../event-services/src/alerts/rules/rule-book.ts'
import { createEventsPool } from '../../event-services/src/events-pool.ts'

const SECRET = 'a secret for tests, of 32 letters or more'
const MAX_AGE_MS = 3_600_000
const ids = new IdCodec(SECRET)
const logger = createLogger('test', 'fatal')

const ruleSet = (text: string): RuleSet => ({ version: 'v', loadedAtMs: 0, rules: parseRules(text) })
const failures = (more = '', condition = 'window: 10m, at_least: 3'): string => `
  - name: failures
    severity: critical
    summary: '{{count}} failed'
    event: { types: [payment.failed], ${condition} }
    group_by: [payment.currency]
    escalation: [{ notify: [log, webhook] }]
    ${more}
`
const LAG = `
  - { name: lag, severity: warning, summary: x, metric: { name: group_lag, above: 10 }, group_by: [group], escalation: [{ notify: [log] }] }
`
const IN_FORCE = { current: ruleSet(`rules:${LAG}`), refused: undefined }
let db: TestPostgres
let pool: Pool
let book: AlertBook
let reader: AlertReader
let metrics: AlertMetrics
let rules: RuleSet
const countingWith = (): EventCounter => new EventCounter(book, () => rules, MAX_AGE_MS)
let counter: EventCounter

beforeAll(async () => {
  db = await startTestPostgres()
  pool = createEventsPool({ url: db.eventsUrl, name: 'alerts-test', logger, max: 6 })
  metrics = new AlertMetrics(createMetrics('event-services', 'test'), IN_FORCE)
  book = new AlertBook({ pool, ids, channels: new Set(ALERT_CHANNELS), metrics })
  reader = new AlertReader(pool)
}, 60_000)
afterAll(async () => {
  await endPool(pool)
  await db.stop()
})
beforeEach(async () => {
  await query(
    db.ownerUrl,
    'TRUNCATE alert_slices, alert_counts, alert_looks, alert_silences, alerts, alert_notifications, alert_events',
  )
  rules = ruleSet(`rules:${failures()}`)
  counter = countingWith()
})

let made = 0
const failed = (currency = 'USD', ageMs = 0) => {
  made += 1
  const subject = `pay_${made}`
  const time = new Date(Date.now() - ageMs).toISOString()
  const data = { payment: { currency } }
  return toListenedEvent(
    Buffer.from(JSON.stringify({ id: `${subject}.1`, type: 'payment.failed', subject, time, data })),
  )
}
/** Events of a partition from an offset on. */
const slice = (firstOffset: number, events: ReturnType<typeof failed>[], partition = 0): ListenedSlice => ({
  partition,
  firstOffset,
  nextOffset: firstOffset + events.length,
  events: events.map((event, index) => ({ offset: firstOffset + index, event })),
})
const alerts = (): Promise<AlertRow[]> =>
  reader.list({ time: 'infinity', id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' }, {}, 1_000)
const shown = async () => (await alerts()).map(({ rule, state, count, group_key }) => [rule, state, count, group_key])
const eventTypes = async (): Promise<string[]> =>
  (await query<{ body: string }>(db.monitorUrl, 'SELECT body FROM alert_events ORDER BY due_at')).map(
    ({ body }) => (JSON.parse(body) as { type: string }).type,
  )

const STATE: ClusterState = {
  as_of: '2026-11-27T09:00:00.000Z',
  processes: [],
  nodes: [],
  groups: [{ group: 'alerts', topic: 'payment.events', lag: 0, partitions: [] }],
  breakers: [],
  queues: [],
  open_dead_letters: 0,
}
const groupOf = (lag: number, group = 'webhooks') => ({ group, topic: 'payment.events', lag, partitions: [] })
function watching(state: () => ClusterState, channels: Channel[] = []): Watch {
  return new Watch({
    book,
    rules: () => rules,
    observer: { state: () => Promise.resolve(state()) },
    pool,
    standstill: new Standstill({ instance: 'test', channels, clock: { now: () => Date.now() }, logger }),
    nudge: () => undefined,
    metrics,
    logger,
    intervalMs: 50,
  })
}

describe('an event', () => {
  it('counts once, however often its batch is read, and by whom', async () => {
    const batch = [slice(10, [failed(), failed()]), slice(5, [failed()], 1)]
    expect(await counter.count(batch)).toEqual({ counted: 3, repeated: 0, hasNews: true })
    expect(await counter.count(batch)).toEqual({ counted: 0, repeated: 3, hasNews: false })
    expect(await countingWith().count(batch)).toMatchObject({ counted: 0, repeated: 3 })
    expect(await shown()).toEqual([['failures', 'firing', 3, '["USD"]']])
  })

  it('counts once when it is told again further on, also to another process', async () => {
    const events = [failed(), failed(), failed()]
    await counter.count([slice(0, events)])
    expect(await counter.count([slice(3, [...events, failed()])])).toMatchObject({ counted: 1, repeated: 3 })
    expect(await countingWith().count([slice(7, events)])).toMatchObject({ counted: 0, repeated: 3 })
    const twice = failed()
    expect(await counter.count([slice(10, [twice, twice])])).toMatchObject({ counted: 1, repeated: 1 })
    expect(await shown()).toEqual([['failures', 'firing', 5, '["USD"]']])
  })

  it('goes on where another process has left off, with what both have', async () => {
    const other = countingWith()
    await counter.count([slice(0, [failed()])])
    await other.count([slice(1, [failed()])])
    expect(await counter.count([slice(1, [failed(), failed()])])).toMatchObject({ counted: 1, repeated: 1 })
    expect(await shown()).toEqual([['failures', 'firing', 3, '["USD"]']])
  })

  it('counts not at all when nothing is committed, and then once', async () => {
    const batch = [slice(0, [failed(), failed(), failed()])]
    const broken: Pick<AlertBook, 'inTurn'> = {
      inTurn: (work) =>
        book.inTurn(async (turn) => {
          await work(turn)
          throw new Error('the connection is lost')
        }),
    }
    const failing = new EventCounter(broken, () => rules, MAX_AGE_MS)
    await expect(failing.count(batch)).rejects.toThrow('the connection is lost')
    expect(await shown()).toEqual([])
    expect(await counter.count(batch)).toMatchObject({ counted: 3 })
  })

  it('is one of an alert’s by its own time: late, and not too late', async () => {
    await counter.count([slice(0, [failed('USD', 1_800_000), failed('USD', 1_800_000), failed('USD', 1_800_000)])])
    await counter.count([slice(3, [failed('EUR', 4_000_000), failed('EUR', 4_000_000), failed('EUR', 4_000_000)])])
    await counter.count([slice(6, [failed('CHF', 700_000), failed('CHF', 90_000), failed('CHF', 0)])])
    expect(await shown()).toEqual([['failures', 'firing', 3, '["USD"]']])
    const [row] = await alerts()
    expect(Date.now() - (row?.first_at.getTime() ?? 0)).toBeGreaterThan(1_790_000)
  })
})

describe('an alert on events', () => {
  it('waits for as long as its rule says, and comes to nothing when that is over before', async () => {
    rules = ruleSet(`rules:${failures('for: 1s', 'window: 10s')}`)
    await counter.count([slice(0, [failed()])])
    expect(await shown()).toEqual([])
    const watch = watching(() => STATE)
    await watch.look()
    await waitFor('it to fire', async () => {
      await watch.look()
      return (await alerts()).length === 1
    })
    rules = ruleSet(`rules:${failures('for: 1h', 'window: 10s')}`)
    await counter.count([slice(1, [failed('EUR', 20_000)])])
    const pending = () => query(db.monitorUrl, "SELECT FROM alerts WHERE state = 'pending'")
    expect(await pending()).toHaveLength(1)
    await watch.look()
    expect(await pending()).toHaveLength(0)
  })

  it('is over when its window is, but not while events wait to be read, or when Kafka does not say', async () => {
    rules = ruleSet(`rules:${failures('', 'window: 10s')}`)
    await counter.count([slice(0, [failed('USD', 30_000)])])
    const states: ClusterState[] = [
      { ...STATE, groups: null },
      { ...STATE, groups: [groupOf(5_000, 'alerts')] },
    ]
    for (const state of states) {
      await watching(() => state).look()
      expect(await shown()).toEqual([['failures', 'firing', 1, '["USD"]']])
    }
    await watching(() => STATE).look()
    expect(await shown()).toEqual([['failures', 'resolved', 1, '["USD"]']])
    expect(await eventTypes()).toEqual(['alert.raised', 'alert.resolved'])
    // The next one is another alert.
    await counter.count([slice(1, [failed()])])
    expect(await shown()).toEqual([
      ['failures', 'firing', 1, '["USD"]'],
      ['failures', 'resolved', 1, '["USD"]'],
    ])
  })

  it('is over when its rule is gone', async () => {
    await counter.count([slice(0, [failed(), failed(), failed()])])
    rules = ruleSet(`rules:${LAG}`)
    await watching(() => STATE).look()
    expect(await shown()).toEqual([['failures', 'resolved', 3, '["USD"]']])
  })

  it('is one more for all groups beyond a bound', async () => {
    rules = ruleSet(`rules:${failures('', 'window: 10s')}`)
    const events = Array.from({ length: MAX_OPEN_OF_RULE + 20 }, (_, index) => failed(`c${index}`))
    await counter.count([slice(0, events)])
    const open = await alerts()
    expect(open).toHaveLength(MAX_OPEN_OF_RULE + 1)
    const others = open.find(({ group_key }) => group_key === 'others')
    expect(others).toMatchObject({ count: 20, labels: {}, summary: 'failures: more than 100 groups' })
  })
})

describe('an alert on a metric', () => {
  it('is raised once, holds on, and is over when the value is', async () => {
    rules = ruleSet(`rules:${LAG}`)
    let lag = 20
    const watch = watching(() => ({ ...STATE, groups: [groupOf(lag), groupOf(0, 'audit')] }))
    await watch.look()
    await watch.look()
    expect(await shown()).toEqual([['lag', 'firing', 2, '["webhooks"]']])
    lag = 0
    await watch.look()
    expect(await shown()).toEqual([['lag', 'resolved', 2, '["webhooks"]']])
    expect(await eventTypes()).toEqual(['alert.raised', 'alert.resolved'])
  })

  it('is looked at by one process at a time', async () => {
    rules = ruleSet(`rules:${LAG}`)
    let looks = 0
    const counted = () => {
      looks += 1
      return STATE
    }
    const watches = [watching(counted), watching(counted), watching(counted)]
    const startedAtMs = performance.now()
    for (const watch of watches) watch.start()
    await waitFor('some looks', () => looks >= 10)
    const intervals = (performance.now() - startedAtMs) / 50
    await Promise.all(watches.map((watch) => watch.stop()))
    // Three would have taken three times as many.
    expect(looks).toBeLessThanOrEqual(Math.ceil(intervals / 0.9) + 1)
  })
})

/** A channel that does as it is told. */
function channelThat(send: (message: ChannelMessage) => Promise<ChannelOutcome>, name: Channel['name'] = 'webhook') {
  const sent: ChannelMessage[] = []
  const channel: Channel = {
    name,
    maxInFlight: 4,
    send: (message) => {
      sent.push(message)
      return send(message)
    },
  }
  return { channel, sent }
}
const notifier = (channel: Channel, scheduleS = [0, 0, 0]): Notifier =>
  new Notifier({ channel, queue: new NotificationQueue(pool), metrics, logger, timeoutMs: 100, scheduleS })
const notifications = async (channel: string) =>
  query<{ state: string; attempts: number; error: string | null }>(
    db.monitorUrl,
    'SELECT state::text, attempts, error FROM alert_notifications WHERE channel::text = $1',
    [channel],
  )

describe('a notification', () => {
  it('is one process’s, by lease, and each channel’s own', async () => {
    await counter.count([slice(0, [failed(), failed(), failed()])])
    const { channel, sent } = channelThat(() => Promise.resolve({ error: null }))
    const both = [notifier(channel), notifier(channel)]
    for (const one of both) one.start()
    await waitFor('it to be delivered', async () => (await notifications('webhook'))[0]?.state === 'delivered')
    await Promise.all(both.map((one) => one.stop()))
    expect(sent.map(({ text }) => text.split('\n')[0])).toEqual(['[critical] failures: 3 failed'])
    expect(await notifications('log')).toEqual([{ state: 'pending', attempts: 0, error: null }])
  })

  it('is tried again by the schedule, and given up in the end', async () => {
    await counter.count([slice(0, [failed(), failed(), failed()])])
    const { channel, sent } = channelThat(() => Promise.resolve({ error: 'no' }))
    const one = notifier(channel)
    one.start()
    await waitFor('it to be given up', async () => (await notifications('webhook'))[0]?.state === 'failed')
    await one.stop()
    expect(await notifications('webhook')).toEqual([{ state: 'failed', attempts: 3, error: 'no' }])
    expect(new Set(sent.map(({ id }) => id)).size).toBe(1)
  })

  it('of a process that has died is another one’s when its lease ends', async () => {
    await counter.count([slice(0, [failed(), failed(), failed()])])
    const queue = new NotificationQueue(pool)
    const [claimed] = await queue.claim('webhook', 5, 200)
    expect(await queue.claim('webhook', 5, 200)).toEqual([])
    const again = await waitFor('the lease to end', async () => (await queue.claim('webhook', 5, 60_000))[0])
    expect(again).toMatchObject({ id: claimed?.id, attempts: 2 })
    if (claimed === undefined) throw new Error('nothing was claimed')
    // Who comes back from the dead changes nothing.
    await queue.finish([{ claimed, state: 'failed', dueMs: 0, error: 'late' }])
    expect(await notifications('webhook')).toMatchObject([{ state: 'pending', attempts: 2 }])
  })
})

describe('an event of an alert', () => {
  it('is published until Kafka has it, and then no more', async () => {
    await counter.count([slice(0, [failed(), failed(), failed()])])
    const sent: string[] = []
    const publisher = new EventPublisher(
      pool,
      {
        send: ({ value }) => {
          sent.push(value)
          return Promise.resolve()
        },
      },
      logger,
    )
    publisher.start()
    await waitFor('it to be gone', async () => (await eventTypes()).length === 0)
    await publisher.stop()
    const [event] = sent.map((body) => JSON.parse(body) as Record<string, unknown>)
    const [row] = await alerts()
    const id = ids.fromUuid('alr', row?.id ?? '', 0)
    expect([sent.length, event]).toEqual([
      1,
      expect.objectContaining({ id: `${id}.1`, type: 'alert.raised', subject: id, source: '/event-services/alerts' }),
    ])
  })
})

describe('what is old', () => {
  it('is deleted: counts that no window reaches, slices but the newest, alerts that were over for long', async () => {
    await counter.count([slice(0, [failed(), failed(), failed()])])
    await counter.count([slice(3, [failed('EUR')])])
    await query(
      db.ownerUrl,
      `UPDATE alert_slices SET counted_at = now() - interval '1 day';
       UPDATE alert_counts SET until = now() - interval '1 second' WHERE group_key = '["EUR"]';
       UPDATE alerts SET state = 'resolved', resolved_at = now() - interval '31 days', next_notice_at = NULL`,
    )
    await new AlertSweeper(pool, 30, logger).sweep()
    const counted = async (table: string) =>
      (await query<{ count: number }>(db.monitorUrl, `SELECT count(*)::int AS count FROM ${table}`))[0]?.count
    expect(await Promise.all(['alert_slices', 'alert_counts', 'alerts', 'alert_notifications'].map(counted))).toEqual([
      1, 1, 0, 0,
    ])
    expect(await counter.count([slice(3, [failed('EUR')])])).toMatchObject({ counted: 0, repeated: 1 })
  })
})

describe('a primary that takes nothing', () => {
  it('is told past it after a minute, once an hour, and at its end', async () => {
    let nowMs = 0
    const { channel, sent } = channelThat(() => Promise.resolve({ error: null }))
    const standstill = new Standstill({ instance: 'e-1', channels: [channel], clock: { now: () => nowMs }, logger })
    const lasts = async (atMs: number): Promise<number> => {
      nowMs = atMs
      await standstill.lasts(new Error('no route'))
      return sent.length
    }
    expect([
      await lasts(0),
      await lasts(59_999),
      await lasts(60_000),
      await lasts(3_600_000),
      await lasts(3_660_000),
    ]).toEqual([0, 0, 1, 1, 2])
    await standstill.ended()
    await standstill.ended()
    expect(sent.map(({ text }) => text)).toEqual([
      '[critical] e-1: alerts stand still since 1970-01-01T00:00:00.000Z: no route',
      '[critical] e-1: alerts stand still since 1970-01-01T00:00:00.000Z: no route',
      '[critical] e-1: alerts are looked after again',
    ])
  })
})
