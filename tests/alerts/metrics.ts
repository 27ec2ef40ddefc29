/** Rules on the cluster's state. */
import { describe, expect, it } from '@jest/globals'
import { brokerAddress } from '@paycluster/cluster/nodes/kafka'
import { COMMANDS_TOPIC } from '@paycluster/contracts'
import { createKafkaClient } from '@paycluster/platform/kafka/kafka-client'
import { createLogger } from '@paycluster/platform/logging'
import { waitFor } from '@paycluster/testkit/wait-for'
import { alertThat, ARRIVAL_MS, arrived, cluster, ops, postedOf, toldOf } from './stage.ts'

describe('dead letters', () => {
  it('are an alert until there are none, and whoever was told is told of its end', async () => {
    const logger = createLogger('test', 'fatal')
    const kafka = createKafkaClient({ brokers: [brokerAddress(cluster.settings)], clientId: 'test', logger })
    const producer = kafka.producer()
    await producer.connect()
    await producer.send({ topic: COMMANDS_TOPIC, messages: [{ key: 'poison', value: '{', partition: 3 }] })
    await producer.disconnect()
    const alert = await alertThat('the alert', 'dead-letters', ({ state }) => state === 'firing')
    expect(alert).toMatchObject({ summary: '1 dead letters', labels: {}, value: 1 })
    await arrived('Telegram', () => toldOf(alert.id))
    const { evidence } = await ops.alerts.get(alert.id)
    expect(evidence[0]).toMatchObject({ type: 'dead_letters', event_id: null, value: 1 })

    for await (const { id } of ops.deadLetters.list({ state: 'open' }))
      await ops.deadLetters.discard(id, { reason: 'a test' }, { waitS: 10 })
    const over = await alertThat('its end', 'dead-letters', ({ id, state }) => id === alert.id && state === 'resolved')
    expect(over).toMatchObject({ version: 2, resolved_at: expect.any(String) })
    const resolved = () => postedOf('alert.resolved').filter(({ body }) => body.includes(alert.id))
    await arrived('the end at the webhook', resolved)
    await waitFor('the end at Telegram', () => toldOf(alert.id).some(({ body }) => body.includes('[resolved]')), {
      timeoutMs: ARRIVAL_MS,
    })
    await expect(ops.alerts.acknowledge(alert.id)).rejects.toMatchObject({ code: 'alert_resolved' })
  }, 60_000)
})
