/** Who is told, when, and how often. */
import { describe, expect, it } from '@jest/globals'
import { hang, json } from '@paycluster/testkit/scripted-server'
import { waitFor } from '@paycluster/testkit/wait-for'
import { Webhook } from 'standardwebhooks'
import {
  ARRIVAL_MS,
  arrived,
  firing,
  ops,
  pay,
  postedOf,
  receiver,
  runOps,
  taken,
  telegram,
  toldOf,
  WEBHOOK_SECRET,
} from './stage.ts'

describe('an alert', () => {
  it('is told to the next ones after a while, unless it is acknowledged', async () => {
    await pay('acknowledged', 3)
    const acknowledged = await firing('acknowledged')
    const ack = await runOps('alerts', 'ack', acknowledged.id, '--comment', 'We know')
    expect([ack.code, ack.output]).toEqual([0, expect.stringMatching(/acknowledged +critical +failures/)])
    // Once more changes nothing.
    expect(await ops.alerts.acknowledge(acknowledged.id)).toMatchObject({
      version: 2,
      acknowledged: { comment: 'We know' },
    })
    await pay('escalated', 3)
    const escalated = await firing('escalated')
    const { headers, body } = await arrived('the webhook', () => postedOf(escalated.id))
    expect(new Webhook(WEBHOOK_SECRET).verify(body, headers as Record<string, string>)).toMatchObject({
      type: 'alert.escalated',
      data: { alert: { id: escalated.id, state: 'firing' } },
    })
    expect(postedOf(acknowledged.id)).toEqual([])
    expect(await ops.alerts.get(acknowledged.id)).toMatchObject({ next_notice_at: null })
    const shown = await runOps('alerts', 'show', escalated.id)
    expect([shown.code, shown.output]).toEqual([0, expect.stringMatching(/escalated +webhook +(delivered|pending)/)])
  }, 60_000)

  it('is told when Telegram says that it can be told again', async () => {
    telegram.script(json(429, { ok: false, parameters: { retry_after: 2 } }), taken)
    await pay('too-many', 3)
    const alert = await firing('too-many')
    const requests = await waitFor('both', () => (toldOf('too-many').length >= 2 ? toldOf('too-many') : undefined), {
      timeoutMs: ARRIVAL_MS,
    })
    const [first, second] = requests.map(({ atMs }) => atMs)
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(1_990)
    await waitFor('it to be written down', async () => {
      const { notifications } = await ops.alerts.get(alert.id)
      return notifications.find(({ channel, state }) => channel === 'telegram' && state === 'delivered')?.attempts === 2
    })
  }, 60_000)

  it('is told in time where another channel hangs, and given up there in the end', async () => {
    receiver.script(hang)
    await pay('hanging', 3)
    const alert = await firing('hanging')
    await arrived('the webhook to hang', () => postedOf('hanging'))
    await pay('beside-it', 3)
    await arrived('Telegram', () => toldOf('beside-it'))
    const failed = await waitFor(
      'the webhook to be given up',
      async () =>
        (await ops.alerts.get(alert.id)).notifications.find(
          ({ channel, state }) => channel === 'webhook' && state === 'failed',
        ),
      { timeoutMs: ARRIVAL_MS },
    )
    expect(failed).toMatchObject({ attempts: 4, error: 'no answer within 3000 ms' })
    receiver.script(json(204, {}))
  }, 60_000)
})
