/** Rules on events: what they find, and in which groups. */
import { describe, expect, it } from '@jest/globals'
import { alertEventSchema, alertSchema, fullAlertSchema } from '@paycluster/contracts'
import { waitFor } from '@paycluster/testkit/wait-for'
import {
  alertsOf,
  alertThat,
  ARRIVAL_MS,
  arrived,
  CHAT,
  cluster,
  firing,
  ops,
  pay,
  shop,
  textOf,
  TOKEN,
  toldOf,
} from './stage.ts'

describe('payments that fail', () => {
  it('are one alert for each group, told on Telegram, which counts on', async () => {
    const other = await pay('two-of-them', 2)
    const failed = await pay('grouped', 3)
    const alert = await firing('grouped')
    expect(alertSchema.parse(alert)).toMatchObject({
      rule: 'failures',
      severity: 'critical',
      state: 'firing',
      summary: '3 payments of grouped failed',
      value: 3,
      count: 3,
      version: 1,
    })
    const told = await arrived('Telegram to be told', () => toldOf('grouped'))
    expect(told.url).toBe(`/bot${TOKEN}/sendMessage`)
    expect(JSON.parse(told.body)).toMatchObject({ chat_id: CHAT })
    expect(textOf(told)).toMatch(/^\[critical\] failures: 3 payments of grouped failed\npayment\.description grouped\n/)

    const more = await pay('grouped', 12)
    const counted = await alertThat('all of them', 'failures', ({ id, count }) => id === alert.id && count === 15)
    expect(counted).toMatchObject({ state: 'firing', summary: '15 payments of grouped failed' })
    const full = fullAlertSchema.parse(await ops.alerts.get(alert.id))
    expect(full.evidence).toHaveLength(10)
    const events = [...failed, ...more].map((id) => `${id}.1`)
    for (const { type, event_id, subject } of full.evidence)
      expect([type, events.includes(event_id ?? ''), `${subject}.1`]).toEqual(['payment.failed', true, event_id])
    expect(full.notifications.map(({ channel }) => channel)).toEqual(expect.arrayContaining(['log', 'telegram']))
    expect(await alertsOf('grouped')).toHaveLength(1)
    expect([other.length, await alertsOf('two-of-them')]).toEqual([2, []])
  }, 60_000)

  it('are an alert by their share, which is over when they are', async () => {
    await pay('share', 6, 1)
    await pay('share', 3)
    await pay('mostly', 2, 1)
    await pay('mostly', 2)
    const alert = await firing('mostly', 'share')
    expect(alert).toMatchObject({ severity: 'warning', value: 50, summary: '50 % of 4 payments of mostly failed' })
    expect(await alertsOf('share', 'share')).toEqual([])
    const over = await alertThat('its end', 'share', ({ id, state }) => id === alert.id && state === 'resolved')
    expect(Date.parse(over.resolved_at ?? '') - Date.parse(over.last_at)).toBeGreaterThan(8_000)
  }, 60_000)

  it('are events themselves: the audit log has who raised and who acknowledged', async () => {
    await pay('on-record', 3)
    const alert = await firing('on-record')
    expect(await ops.alerts.acknowledge(alert.id, { comment: 'Looked at' })).toMatchObject({
      state: 'acknowledged',
      acknowledged: { comment: 'Looked at' },
      version: 2,
    })
    const records = await waitFor(
      'the records',
      async () => {
        const found = []
        for await (const record of ops.audit.list({ subject: alert.id })) found.push(record)
        return found.length === 2 ? found : undefined
      },
      { timeoutMs: ARRIVAL_MS },
    )
    expect(records.map(({ type, event_id }) => [type, event_id])).toEqual([
      ['alert.acknowledged', `${alert.id}.2`],
      ['alert.raised', `${alert.id}.1`],
    ])
    const receipt = await ops.audit.receipt(alert.id)
    const events = receipt.records.map(({ body }) => alertEventSchema.parse(JSON.parse(body)))
    const acknowledged = events.find(({ type }) => type === 'alert.acknowledged')
    expect(acknowledged?.data).toMatchObject({ asked_by: { key_id: expect.any(String) }, alert: { id: alert.id } })
  }, 60_000)

  it('are no business of who pays', async () => {
    const forbidden = { code: 'forbidden' }
    const [id] = [(await firing('on-record')).id]
    await expect(shop.alerts.list().next()).rejects.toMatchObject(forbidden)
    await expect(shop.alerts.get(id)).rejects.toMatchObject(forbidden)
    await expect(shop.alerts.acknowledge(id)).rejects.toMatchObject(forbidden)
    await expect(shop.alerts.rules()).rejects.toMatchObject(forbidden)
    await expect(shop.alerts.silences().next()).rejects.toMatchObject(forbidden)
    const silence = { matcher: { rule: 'failures' }, until: '2099-01-01T00:00:00Z', reason: 'x' }
    await expect(shop.alerts.silence(silence)).rejects.toMatchObject(forbidden)
    await expect(shop.alerts.unsilence(id)).rejects.toMatchObject(forbidden)
    expect((await fetch(`${cluster.url}/v1/ops/alerts`)).status).toBe(401)
  })
})
