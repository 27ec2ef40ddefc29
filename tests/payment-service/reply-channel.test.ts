/** Outcomes reach those who wait, also after a network that was cut without a word. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { createRedisClient } from '@paycluster/platform/cache/redis-client'
import { createLogger } from '@paycluster/platform/logging'
import { startSilentProxy, type SilentProxy } from '@paycluster/testkit/silent-proxy'
import { startTestRedis, type TestRedis } from '@paycluster/testkit/test-redis'
import { waitFor } from '@paycluster/testkit/wait-for'
import { OutcomeWaiters } from '../../payment-service/src/outcomes/outcome-waiters.ts'
import { ReplyChannel } from '../../payment-service/src/outcomes/reply-channel.ts'

const logger = createLogger('reply-channel-test', 'fatal')
let redis: TestRedis
let worker: Redis
let proxy: SilentProxy
let subscriber: Redis
let waiters: OutcomeWaiters
let replies: ReplyChannel

beforeAll(async () => {
  redis = await startTestRedis()
  worker = createRedisClient({ url: redis.url, name: 'worker', logger })
  await waitFor('redis', () => worker.status === 'ready')
}, 30_000)
afterAll(async () => {
  worker.disconnect()
  await redis.stop()
})

beforeEach(async () => {
  proxy = await startSilentProxy(new URL(redis.url))
  subscriber = createRedisClient({ url: proxy.url, name: 'replies', logger })
  waiters = new OutcomeWaiters(10)
  replies = new ReplyChannel('test', subscriber, waiters, logger)
  await listening()
})
afterEach(async () => {
  subscriber.disconnect()
  await proxy.stop()
})

const listening = () => waitFor('the channel to listen', () => replies.isListening)
const deaf = () => waitFor('the channel to notice that it hears nothing', () => !replies.isListening)
/** Through the worker's connection, which is sound. */
const publish = () =>
  worker.publish(replies.name, JSON.stringify([{ id: 'a', object: {}, token: 't', fingerprint: '' }]))

async function expectHeard(): Promise<void> {
  const waiter = waiters.open('a')
  await publish()
  expect(await waiter?.outcome(1000)).toMatchObject({ id: 'a' })
  waiter?.close()
}

describe('the channel of outcomes', () => {
  it('hears what the worker publishes', async () => {
    await expectHeard()
  })

  it('leaves a connection that has fallen silent for a new one', async () => {
    proxy.cut()
    proxy.mend()
    await deaf()
    await listening()
    await expectHeard()
    expect(proxy.open).toBe(1)
  })

  it('does not listen, and says so, as long as the network is cut', async () => {
    proxy.cut()
    await deaf()
    const before = proxy.accepted
    await waitFor('new connections that are as silent', () => proxy.accepted >= before + 2)
    expect(replies.isListening).toBe(false)
    proxy.mend()
    await listening()
    await expectHeard()
  })

  it('outlives a network that is cut while it subscribes', async () => {
    proxy.cutAt('subscribe')
    subscriber.disconnect(true)
    await deaf()
    await waitFor('a connection that is ready and silent', () => subscriber.status === 'ready')
    await waitFor('it to be dropped', () => subscriber.status !== 'ready')
    expect(replies.isListening).toBe(false)
    proxy.mend()
    await listening()
    await expectHeard()
  })

  it('keeps a connection on which nothing is published', async () => {
    let closed = 0
    subscriber.on('close', () => closed++)
    const [before, after] = [await heartbeats(), 4]
    await waitFor('some heartbeats', async () => (await heartbeats()) >= before + after)
    expect([closed, replies.isListening]).toEqual([0, true])
  })
})

/** Pings that Redis has answered. */
async function heartbeats(): Promise<number> {
  return Number(/cmdstat_ping:calls=(\d+)/.exec(await worker.info('commandstats'))?.[1] ?? 0)
}
