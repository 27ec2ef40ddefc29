/** Whoever counts may die at any point: nothing is lost, and nothing is counted twice. */
import { describe, expect, it } from '@jest/globals'
import { databaseUrl } from '@paycluster/cluster/postgres/connection'
import { query } from '@paycluster/testkit/query'
import { waitFor } from '@paycluster/testkit/wait-for'
import { alertsOf, alertThat, ARRIVAL_MS, arrived, cluster, ops, pay, toldOf } from './stage.ts'

const ROUNDS = 4
const PAYMENTS = 10

describe('event-services, killed again and again', () => {
  it('neither loses an alert nor doubles one, nor an event of it', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const name = `event-services-${(round % 2) + 1}`
      const isReady = (): boolean => cluster.status().some(({ node, state }) => node === name && state === 'ready')
      await waitFor(`${name} to be ready`, isReady, { timeoutMs: ARRIVAL_MS })
      await pay('killed', PAYMENTS / 2)
      const killed = cluster.node(name).kill('SIGKILL')
      await pay('killed', PAYMENTS / 2)
      await killed
    }
    const isOfIt = (labels: Readonly<Record<string, string>>): boolean => labels['payment.description'] === 'killed'
    const all = ROUNDS * PAYMENTS
    const alert = await alertThat('all of them', 'failures', ({ labels, count }) => isOfIt(labels) && count >= all)
    await arrived('Telegram', () => toldOf(alert.id))
    // What is read again has been read again when the groups have nothing left.
    await waitFor(
      'the groups to be done',
      async () => (await ops.cluster.state()).groups?.every(({ lag }) => lag === 0),
      {
        timeoutMs: ARRIVAL_MS,
      },
    )
    expect((await alertsOf('killed')).map(({ id, count }) => [id, count])).toEqual([[alert.id, all]])
    const recorded = await waitFor(
      'the record that it was raised',
      async () => {
        const rows = await query<{ key: string }>(
          databaseUrl(cluster.secrets, 'monitor', cluster.settings.ports.primary),
          `SELECT key FROM audit_records WHERE type = 'alert.raised' AND key LIKE $1 || ' %'`,
          [alert.id],
        )
        return rows.length > 0 ? rows : undefined
      },
      { timeoutMs: ARRIVAL_MS },
    )
    expect(recorded).toEqual([{ key: `${alert.id} .1` }])
    const told = (await ops.alerts.get(alert.id)).notifications.map(({ channel, notice }) => `${notice} ${channel}`)
    expect(new Set(told).size).toBe(told.length)
  }, 180_000)
})
