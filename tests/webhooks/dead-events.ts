/** What is no event is a dead letter of the group, and holds up nobody. */
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { PaymentClient } from '@paycluster/client'
import { brokerAddress } from '@paycluster/cluster/nodes/kafka'
import { EVENTS_TOPIC } from '@paycluster/contracts'
import { createKafkaClient } from '@paycluster/platform/kafka/kafka-client'
import { createLogger } from '@paycluster/platform/logging'
import { waitFor } from '@paycluster/testkit/wait-for'
import { ARRIVAL_MS, arrived, cluster, listen, pay, receiver, takes } from './stage.ts'

const POISON = [
  '{',
  '',
  '{"id":1}',
  '\u0000',
  JSON.stringify({ id: 'x', type: 'payment.succeeded', time: '', data: {} }),
  JSON.stringify({
    id: 'x',
    type: 'payment.succeeded',
    time: '',
    data: { payment: { source: 'zzz', destination: 'zzz' }, commit_lsn: 'nope', timeline: 1 },
  }),
]

export const describeDeadEvents = (): void => {
  describe('a message that is no event', () => {
    it('is a dead letter, once, that can be discarded and not replayed; those behind it are told', async () => {
      receiver.script(takes())
      await listen({ events: ['payment.succeeded'] })
      const brokers = [brokerAddress(cluster.settings)]
      const logger = createLogger('test', 'fatal')
      const producer = createKafkaClient({ brokers, clientId: 'test', logger }).producer()
      await producer.connect()
      await producer.send({
        topic: EVENTS_TOPIC,
        messages: POISON.map((value) => ({ key: 'poison', value, partition: 3 })),
      })
      await producer.disconnect()
      await arrived((await pay()).id)

      const { deadLetters } = new PaymentClient({ url: cluster.url, apiKey: cluster.demo.opsKey })
      const letters = await waitFor(
        'the letters',
        async () => {
          const found = []
          // Other groups listen as well, and each has its own.
          for await (const letter of deadLetters.list({ kind: 'event', state: 'open' }))
            if (letter.id.startsWith('event-webhooks-')) found.push(letter)
          return found.length >= POISON.length ? found : undefined
        },
        { timeoutMs: ARRIVAL_MS },
      )
      expect(letters).toHaveLength(POISON.length)
      for (const { id, partition, offset, reason, attempts } of letters)
        expect([id, attempts, reason]).toEqual([
          `event-webhooks-${partition ?? ''}-${offset ?? ''}`,
          1,
          expect.stringMatching(/^webhooks: ./),
        ])
      const payloads = await Promise.all(letters.map(async ({ id }) => (await deadLetters.get(id)).payload))
      expect(payloads.toSorted()).toEqual(POISON.toSorted())
      for (const { id } of letters) {
        const options = { waitS: 10, idempotencyKey: randomUUID() }
        await expect(deadLetters.replay(id, {}, options)).rejects.toMatchObject({ code: 'dead_letter_not_replayable' })
        expect(await deadLetters.discard(id, { reason: 'a test' }, { waitS: 10 })).toMatchObject({ state: 'discarded' })
      }
    }, 60_000)
  })
}
