/** Analytics of a whole cluster: what the ledger says, to the unit, whoever is killed and whatever is told again. */
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { ANALYTICS_GROUP, EVENTS_TOPIC, type Payment } from '@paycluster/contracts'
import { brokenInvariants } from '@paycluster/testkit/broken-invariants'
import { environmentOf, startCommand, type Ended } from '@paycluster/testkit/cluster-command'
import { query } from '@paycluster/testkit/query'
import { waitFor } from '@paycluster/testkit/wait-for'
import { bothViews, cluster, fromAnalytics, fromLedger, groupAtEnd, kafka, monitorUrl, ops, shop } from './stage.ts'

const HOUR_MS = 3_600_000
const currency = 'USD'
const account = (n: number): string => cluster.demo.customers[n] ?? ''
const merchant = (n: number): string => cluster.demo.merchants[n] ?? ''
const lastHour = () => ({
  from: new Date(Date.now() - HOUR_MS).toISOString(),
  to: new Date(Date.now() + HOUR_MS).toISOString(),
})

async function pay(amount: number, more: object = {}): Promise<Payment> {
  const payment = { source: account(0), destination: merchant(0), amount, currency, ...more }
  const paid = await shop.payments.create(payment, { waitS: 10 })
  if (paid.status === 'queued') throw new Error('the payment was not posted in time')
  return paid
}

const runOps = (...args: string[]): Promise<Ended> =>
  startCommand(
    ['ops', '--url', cluster.url, '--key', cluster.demo.opsKey, ...args],
    environmentOf({ stateDir: cluster.layout.state }),
  ).ended

async function tell(...values: { partition: number; value: string }[]): Promise<void> {
  const producer = kafka().producer()
  await producer.connect()
  await producer.send({ topic: EVENTS_TOPIC, messages: values.map((message) => ({ key: 'test', ...message })) })
  await producer.disconnect()
}

describe('analytics', () => {
  it('equal the ledger after every kind of payment and every end of it', async () => {
    for (let n = 1; n <= 5; n++) await pay(n * 100)
    await pay(250, { destination: account(1) })
    await pay(300, { source: account(2), destination: merchant(1) })
    expect((await pay(Number.MAX_SAFE_INTEGER)).status).toBe('failed')
    const held = await pay(900, { capture: 'manual' })
    await shop.payments.capture(held.id, { amount: 350 }, { waitS: 10 })
    const canceled = await pay(800, { capture: 'manual' })
    await shop.payments.cancel(canceled.id, {}, { waitS: 10 })
    await pay(700, { capture: 'manual' })
    const expiring = await pay(650, { capture: 'manual', hold_seconds: 1 })
    const paid = await pay(1000)
    await shop.payments.refund(paid.id, { amount: 400 }, { waitS: 10 })
    await shop.payments.refund(paid.id, { amount: 500 }, { waitS: 10 })
    await shop.payments.refund(paid.id, { amount: 500 }, { waitS: 10 })
    const deposit = await shop.payments.deposit({ account: account(0), amount: 5000, currency }, { waitS: 10 })
    const withdrawal = await shop.payments.withdraw({ account: account(0), amount: 2000, currency }, { waitS: 10 })
    for (const { id } of [deposit, withdrawal]) await shop.payments.waitForFinal(id)
    await waitFor('the hold to expire', async () => (await shop.payments.get(expiring.id)).status === 'expired')

    const lines = await bothViews()
    const seen = new Set(lines.map(({ kind, state }) => `${kind} ${state}`))
    for (const wanted of [
      ...['payment succeeded', 'payment failed', 'hold requires_capture', 'hold succeeded', 'hold canceled'],
      ...['hold expired', 'refund succeeded', 'refund failed', 'deposit processing', 'withdrawal processing'],
    ])
      expect([...seen]).toContain(wanted)
    expect(lines.find(({ kind, state }) => kind === 'hold' && state === 'succeeded')).toMatchObject({ volume: '350' })
  }, 90_000)

  it('are the same by hour and day, and by less than everything', async () => {
    const minutes = await bothViews()
    const total = minutes.reduce((sum, { count }) => sum + count, 0)
    for (const granularity of ['hour', 'day'] as const)
      expect((await fromAnalytics(granularity)).reduce((sum, { count }) => sum + count, 0)).toBe(total)

    const ends = minutes.filter(({ state }) => !['processing', 'requires_capture'].includes(state))
    const { data } = await ops.analytics.read({ granularity: 'hour', ...lastHour(), group_by: ['kind'], currency })
    for (const kind of ['payment', 'hold', 'refund']) {
      const rows = data.filter((row) => row.kind === kind)
      const ofKind = ends.filter((line) => line.kind === kind)
      const sum = (lines: typeof ofKind): number => lines.reduce((all, line) => all + line.count, 0)
      expect(rows.reduce((all, { count }) => all + count, 0)).toBe(sum(ofKind))
      expect(rows.reduce((all, { succeeded }) => all + succeeded, 0)).toBe(
        sum(ofKind.filter(({ state }) => state === 'succeeded')),
      )
    }
    const [only] = (
      await ops.analytics.read({ granularity: 'day', ...lastHour(), merchant: merchant(1), kind: 'payment' })
    ).data
    expect(only).toMatchObject({ count: 1, succeeded: 1, success_share: 1 })
    expect(only?.volumes).toEqual([{ currency, amount: '300', succeeded: '300' }])
  })

  it('say how long it took, to 4.5 percent', async () => {
    await Promise.all(Array.from({ length: 40 }, () => pay(1, { destination: merchant(2) })))
    await bothViews()
    const [exact] = await query<Record<'p50' | 'p95' | 'p99', number>>(
      monitorUrl(),
      `SELECT ${[50, 95, 99]
        .map((p) => `percentile_disc(0.${p}) WITHIN GROUP (ORDER BY ms)::float8 AS p${p}`)
        .join(', ')}
       FROM (SELECT extract(epoch FROM posted_at - created_at) * 1000 AS ms FROM payments
             WHERE rail IS NULL AND hold_until IS NULL) AS latencies`,
    )
    const { data } = await ops.analytics.read({ granularity: 'day', ...lastHour(), kind: 'payment' })
    // Of one day, unless it has just become another one.
    const found = data.length === 1 ? data[0]?.latency_ms : undefined
    if (found === undefined || found === null || exact === undefined) throw new Error(JSON.stringify(data))
    for (const share of ['p50', 'p95', 'p99'] as const)
      expect(Math.abs(found[share] - exact[share])).toBeLessThanOrEqual(Math.max(1, exact[share] * 0.045))
  }, 60_000)

  it('lose nothing and double nothing while who counts, and who tells, is killed', async () => {
    for (let round = 0; round < 4; round++) {
      const paying = Promise.all(
        Array.from({ length: 25 }, (_, n) =>
          shop.payments.create({ source: account(n), destination: merchant(3), amount: n + 1, currency }),
        ),
      )
      await cluster.node(`event-services-${(round % 2) + 1}`).kill('SIGKILL')
      // What it had posted and not told of is told by the next one, and what it had told of is told again.
      if (round === 2) await cluster.node('payment-worker-1').kill('SIGKILL')
      for (const { id } of await paying) await shop.payments.waitForFinal(id)
    }
    await bothViews()
  }, 120_000)

  it('are none the other when the group has lost its place, and everything is told again', async () => {
    const before = await bothViews()
    const counters = [1, 2].map((n) => cluster.node(`event-services-${n}`))
    await Promise.all(counters.map((node) => node.stop()))
    const admin = kafka().admin()
    await admin.connect()
    await admin.resetOffsets({ groupId: ANALYTICS_GROUP, topic: EVENTS_TOPIC, earliest: true })
    await admin.disconnect()
    await Promise.all(counters.map((node) => node.start()))
    await groupAtEnd()
    expect(await fromAnalytics()).toEqual(before)
  }, 60_000)

  it('say how far they are', async () => {
    const asked = Date.now()
    await groupAtEnd()
    const { as_of } = await waitFor('the figures of now', async () => {
      const figures = await ops.analytics.read({ granularity: 'minute', ...lastHour() })
      return figures.as_of !== null && Date.parse(figures.as_of) >= asked ? figures : undefined
    })
    expect(Date.parse(as_of ?? '')).toBeLessThanOrEqual(Date.now())
  })

  it('are shown on the command line, as a table and as JSON', async () => {
    const shown = await runOps('analytics', '--granularity', 'hour', '--group-by', 'kind,state')
    expect(shown).toMatchObject({ code: 0, output: expect.stringMatching(/FROM +KIND +STATE +COUNT/) })
    expect(shown.output).toMatch(/hold +requires_capture/)
    const printed = await runOps('--json', 'analytics', '--granularity', 'day', '--kind', 'refund')
    const { data } = JSON.parse(printed.output.slice(printed.output.indexOf('{'))) as { data: { count: number }[] }
    expect(data.reduce((sum, { count }) => sum + count, 0)).toBe(3)
    expect(await runOps('analytics', '--group-by', 'weather')).toMatchObject({
      code: 2,
      output: expect.stringContaining('weather is none of client, merchant'),
    })
    const tooLong = await runOps('analytics', '--granularity', 'minute', '--from', '2026-01-01T00:00:00Z')
    expect(tooLong).toMatchObject({ code: 2, output: expect.stringContaining('too long for granularity minute') })
  }, 60_000)

  it.each([
    ['granularity=week&from=2026-11-27T00:00:00Z&to=2026-11-28T00:00:00Z', 'invalid_parameter'],
    ['granularity=hour&to=2026-11-28T00:00:00Z', 'invalid_parameter'],
    ['granularity=hour&from=yesterday&to=2026-11-28T00:00:00Z', 'invalid_parameter'],
    ['granularity=hour&from=2026-11-28T00:00:00Z&to=2026-11-28T00:00:00Z', 'invalid_parameter'],
    ['granularity=minute&from=2026-11-26T00:00:00Z&to=2026-11-28T00:00:00Z', 'invalid_parameter'],
    ['granularity=hour&from=2026-10-01T00:00:00Z&to=2026-11-28T00:00:00Z', 'invalid_parameter'],
    ['granularity=day&from=2026-11-27T00:00:00Z&to=2026-11-28T00:00:00Z&group_by=kind,weather', 'invalid_parameter'],
    ['granularity=day&from=2026-11-27T00:00:00Z&to=2026-11-28T00:00:00Z&group_by=', 'invalid_parameter'],
    ['granularity=day&from=2026-11-27T00:00:00Z&to=2026-11-28T00:00:00Z&client=x', 'invalid_parameter'],
    ['granularity=day&from=2026-11-27T00:00:00Z&to=2026-11-28T00:00:00Z&merchant=acc_1', 'invalid_parameter'],
    ['granularity=day&from=2026-11-27T00:00:00Z&to=2026-11-28T00:00:00Z&currency=XYZ', 'invalid_parameter'],
    ['granularity=day&from=2026-11-27T00:00:00Z&to=2026-11-28T00:00:00Z&limit=3', 'unknown_parameter'],
  ])('refuse %s', async (asked, code) => {
    const headers = { authorization: `Bearer ${cluster.demo.opsKey}` }
    const answer = await fetch(`${cluster.url}/v1/ops/analytics?${asked}`, { headers })
    expect([answer.status, await answer.json()]).toEqual([400, expect.objectContaining({ code })])
  })

  it('are for operators alone', async () => {
    await expect(shop.analytics.read({ granularity: 'hour', ...lastHour() })).rejects.toMatchObject({ status: 403 })
    const answer = await fetch(`${cluster.url}/v1/ops/analytics`)
    expect(answer.status).toBe(401)
  })

  it('leave every invariant true', async () => {
    expect(await brokenInvariants(cluster)).toEqual([])
  }, 60_000)
})

// After it: to `npm run verify`, what is told of nothing is wrong.
describe('an event', () => {
  const told = (id: string, at: Date) => {
    const created_at = new Date(at.getTime() - 40).toISOString()
    const payment = {
      ...{ id, status: 'succeeded', source: account(0), destination: merchant(4), amount: 77, currency },
      ...{ capture: 'automatic', captured: 77, created_at, completed_at: at.toISOString() },
    }
    return JSON.stringify({ id: `${id}.1`, type: 'payment.succeeded', data: { payment } })
  }
  const minuteOf = async (at: Date) => {
    const from = new Date(Math.floor(at.getTime() / 60_000) * 60_000)
    const to = new Date(from.getTime() + 60_000).toISOString()
    const query = { granularity: 'minute', from: from.toISOString(), to, merchant: merchant(4) } as const
    return (await ops.analytics.read(query)).data
  }

  it('that is late counts in its own minute, once, wherever on the log it stands again', async () => {
    const at = new Date(Date.now() - 3 * HOUR_MS)
    const value = told(`pay_${randomUUID()}`, at)
    await tell({ partition: 2, value })
    const [row] = await waitFor('the late event', async () => {
      const rows = await minuteOf(at)
      return rows.length > 0 ? rows : undefined
    })
    expect(row).toMatchObject({ count: 1, volumes: [{ currency, amount: '77' }] })
    await tell({ partition: 5, value }, { partition: 5, value }, { partition: 2, value })
    await groupAtEnd()
    expect(await minuteOf(at)).toMatchObject([{ count: 1 }])
  }, 60_000)

  it('that happened too long ago for that is not counted', async () => {
    const before = await fromLedger()
    const at = new Date(Date.now() - 9 * 24 * HOUR_MS)
    await tell({ partition: 2, value: told(`pay_${randomUUID()}`, at) })
    await groupAtEnd()
    expect(await minuteOf(at)).toEqual([])
    expect(await fromLedger()).toEqual(before)
  })

  it('that is none is a dead letter, and holds up nobody', async () => {
    const value = JSON.stringify({
      id: 'x.1',
      type: 'payment.succeeded',
      data: { payment: { id: 'x', status: 'odd' } },
    })
    await tell({ partition: 7, value })
    const letter = await waitFor('the letter', async () => {
      for await (const one of ops.deadLetters.list({ kind: 'event', state: 'open' }))
        if (one.reason.startsWith('analytics: ')) return one
      return undefined
    })
    expect(letter).toMatchObject({ id: expect.stringMatching(/^event-analytics-7-\d+$/), partition: 7, attempts: 1 })
    await groupAtEnd()
  })
})
