/** What is large, often or broken blocks nobody: neither for a batch nor, read again, for ever. */
import { beforeAll, describe, expect, it } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { Kafka, logLevel, type Message } from 'kafkajs'
import { COMMANDS_DLQ_TOPIC, COMMANDS_TOPIC } from '@paycluster/contracts'
import { targetOf } from '@paycluster/cluster/verify/target'
import { passed, verify } from '@paycluster/cluster/verify/verify'
import { waitFor } from '@paycluster/testkit/wait-for'
import { cluster } from './stage.ts'

let kafka: Kafka

beforeAll(() => {
  const { kafka: port } = cluster.settings.ports
  kafka = new Kafka({ brokers: [`127.0.0.1:${String(port)}`], logLevel: logLevel.NOTHING })
})

const TEST_MS = 60_000
/** On all partitions: what one fetch brings of them are some 20,000 payments. */
const REQUESTS = 100
const WORKERS = ['payment-worker-1', 'payment-worker-2']
const customer = (n: number): string => cluster.demo.customers[n] ?? ''
const merchant = (): string => cluster.demo.merchants[0] ?? ''

const withKey = () => ({ 'idempotency-key': randomUUID() })
/** The version of an account's balance. */
const entriesOf = async (account: string): Promise<number> =>
  Number((await cluster.api.get(`/v1/accounts/${account}/balance`)).body.version)

async function send(messages: readonly Message[]): Promise<void> {
  const producer = kafka.producer({ allowAutoTopicCreation: false })
  await producer.connect()
  for (const message of messages) await producer.send({ topic: COMMANDS_TOPIC, messages: [message] })
  await producer.disconnect()
}

async function deadLetters(): Promise<number> {
  const admin = kafka.admin()
  await admin.connect()
  const [partition] = await admin.fetchTopicOffsets(COMMANDS_DLQ_TOPIC)
  await admin.disconnect()
  return Number(partition?.high)
}

/** Customers on all partitions. */
async function expectOthersArePosted(): Promise<void> {
  const paid = await Promise.all(
    cluster.demo.customers
      .slice(1)
      .map((source) => cluster.api.payAndWait({ source, destination: merchant(), amount: 1 })),
  )
  expect(paid.map(({ body }) => body.status)).toEqual(paid.map(() => 'succeeded'))
}

describe('nobody is held up by', () => {
  it(
    'a large payment whose key comes back hundreds of times with another body',
    async () => {
      // 51 kB of JSON: each control character is six.
      const filler = '\u0001'.repeat(500)
      const metadata = Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`k${String(n)}`, filler]))
      const payment = { source: customer(0), destination: merchant(), amount: 1, currency: 'USD' }
      const large = { ...payment, description: filler, metadata }
      const headers = { ...withKey(), prefer: 'wait=10' }
      const first = await cluster.api.post('/v1/payments', large, headers)
      expect(first.body.status).toBe('succeeded')
      // Without its record, only the ledger knows that the key is taken.
      const redis = new Redis(`redis://127.0.0.1:${String(cluster.settings.ports.redis)}`)
      await redis.flushall()
      redis.disconnect()
      const small = { ...payment, amount: 2 }
      const others = await Promise.all(
        Array.from({ length: 300 }, () => cluster.api.post('/v1/payments', small, headers)),
      )
      expect(new Set(others.map(({ status, body }) => `${String(status)} ${String(body.code)}`))).toEqual(
        new Set(['422 idempotency_key_reused']),
      )
      await expectOthersArePosted()
      // The key's own body is not refused for the other one that came first after the cache was lost.
      const again = await cluster.api.post('/v1/payments', large, headers)
      expect([again.status, again.body.id]).toEqual([201, first.body.id])
    },
    TEST_MS,
  )

  it(
    'requests of hundreds of payments that wait for a worker, more than its memory holds at once',
    async () => {
      const before = await entriesOf(merchant())
      for (const name of WORKERS) await cluster.node(name).stop()
      const { customers } = cluster.demo
      const paymentsFrom = (first: number) =>
        Array.from({ length: 500 }, (_, n) => ({
          source: customers[(first + n) % customers.length],
          destination: merchant(),
          amount: 1,
          currency: 'USD',
        }))
      for (let sent = 0; sent < REQUESTS; sent += 10) {
        const answers = await Promise.all(
          Array.from({ length: 10 }, (_, n) =>
            cluster.api.post('/v1/payments/batch', { payments: paymentsFrom(sent + n) }, withKey()),
          ),
        )
        expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202))
      }
      const [one, other] = WORKERS.map((name) => cluster.node(name))
      await one?.start()
      const started = one?.pid
      const due = before + REQUESTS * 500
      await waitFor('all of them', async () => (await entriesOf(merchant())) === due, { timeoutMs: 60_000 })
      expect(one?.pid).toBe(started)
      await other?.start()
    },
    2 * TEST_MS,
  )

  it(
    'poison that adds up to more than the broker takes at once',
    async () => {
      const before = await deadLetters()
      const workers = WORKERS.map((name) => cluster.node(name))
      for (const worker of workers) await worker.stop()
      await send(Array.from({ length: 60 }, (_, n) => ({ key: `k${String(n)}`, value: 'x'.repeat(30_000) })))
      await Promise.all(workers.map((worker) => worker.start()))
      await expectOthersArePosted()
      await waitFor('the dead letters', async () => (await deadLetters()) === before + 60)
    },
    TEST_MS,
  )

  it(
    'poison as large as the log takes it, whose reason has to fit as well',
    async () => {
      const before = await deadLetters()
      await send([{ key: 'k', value: 'x'.repeat(1_048_400) }])
      await expectOthersArePosted()
      await waitFor('the dead letter', async () => (await deadLetters()) === before + 1)
      expect((await verify(targetOf(cluster.settings), { waitMs: 30_000 })).filter((it) => !passed([it]))).toEqual([])
    },
    TEST_MS,
  )
})
