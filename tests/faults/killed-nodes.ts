import { describe, expect, it } from '@jest/globals'
import { Redis } from 'ioredis'
import { passed, verify } from '@paycluster/cluster/verify/verify'
import { targetOf } from '@paycluster/cluster/verify/target'
import { waitFor } from '@paycluster/testkit/wait-for'
import { PaymentTraffic } from './payment-traffic.ts'
import { cluster } from './stage.ts'

const FAULT_MS = 120_000
const SHOPPERS = 24

/** Payments that go on through a fault: none refused for ever, none lost, none doubled, every invariant kept. */
async function payThrough(fault: (traffic: PaymentTraffic) => Promise<void>): Promise<PaymentTraffic> {
  const traffic = new PaymentTraffic(cluster, SHOPPERS)
  let path: string
  try {
    await moreAccepted(traffic, 200)
    await fault(traffic)
    await moreAccepted(traffic, 200)
  } finally {
    path = await traffic.stop()
  }
  await expectEveryInvariant(path)
  return traffic
}

const moreAccepted = (traffic: PaymentTraffic, count: number): Promise<boolean> => {
  const enough = traffic.accepted.length + count
  return waitFor(`${count} more payments`, () => traffic.accepted.length >= enough, { timeoutMs: 60_000 })
}

async function expectEveryInvariant(acceptedFile: string): Promise<void> {
  const results = await verify(targetOf(cluster.settings, acceptedFile), { waitMs: 60_000 })
  const failed = results.filter((result) => !passed([result]))
  expect(failed).toEqual([])
}

const pidOf = (node: string): number | undefined => cluster.node(node).pid
const isReady = (node: string): boolean => cluster.node(node).state === 'ready'
const untilReady = (node: string): Promise<boolean> =>
  waitFor(`${node} to be ready`, () => isReady(node), { timeoutMs: 60_000 })

describe('payments go on, once each, through', () => {
  it(
    'a worker that is killed in the middle of its batches, again and again',
    () =>
      payThrough(async (traffic) => {
        for (let round = 0; round < 4; round++) {
          const worker = `payment-worker-${1 + (round % 2)}`
          await cluster.node(worker).kill('SIGKILL')
          await moreAccepted(traffic, 100)
          await untilReady(worker)
        }
      }).then(() => undefined),
    FAULT_MS,
  )

  it(
    'a worker that is stopped in order and started again',
    () =>
      payThrough(async (traffic) => {
        await cluster.node('payment-worker-1').stop()
        await moreAccepted(traffic, 100)
        await cluster.node('payment-worker-1').start()
      }).then(() => undefined),
    FAULT_MS,
  )

  it(
    'a broker that is killed and comes back',
    async () => {
      const traffic = await payThrough(async () => {
        await cluster.node('kafka').kill('SIGKILL')
        await untilReady('kafka')
      })
      // While Kafka is away there is no 202: what was not accepted was refused as such.
      expect([...traffic.refusals.keys()].filter((status) => status !== 503)).toEqual([])
    },
    FAULT_MS,
  )

  it(
    'a primary that is killed and comes back',
    async () => {
      const workers = (): (number | undefined)[] => ['payment-worker-1', 'payment-worker-2'].map(pidOf)
      const before = workers()
      const traffic = await payThrough(async () => {
        await cluster.node('postgres-primary').kill('SIGKILL')
        await untilReady('postgres-primary')
      })
      expect(traffic.refusals).toEqual(new Map())
      // They lose their connections in the middle of a batch, and live.
      expect(workers()).toEqual(before)
    },
    FAULT_MS,
  )

  it(
    'one replica that stands still',
    async () => {
      const traffic = await payThrough(async (payments) => {
        await cluster.node('postgres-replica-1').kill('SIGSTOP')
        await moreAccepted(payments, 300)
        await cluster.node('postgres-replica-1').kill('SIGCONT')
      })
      expect(traffic.refusals).toEqual(new Map())
    },
    FAULT_MS,
  )

  it(
    'both replicas standing still: accepted, queued, and posted when one is back',
    async () => {
      const traffic = await payThrough(async (payments) => {
        await Promise.all([1, 2].map((n) => cluster.node(`postgres-replica-${n}`).kill('SIGSTOP')))
        await moreAccepted(payments, 300)
        const unready = await waitFor('a worker to say why', () => workerReasons(), { timeoutMs: 30_000 })
        expect(unready).toContain('standby')
        await Promise.all([1, 2].map((n) => cluster.node(`postgres-replica-${n}`).kill('SIGCONT')))
      })
      expect(traffic.refusals).toEqual(new Map())
    },
    FAULT_MS,
  )

  it(
    'a Redis that is emptied, and one that is killed',
    async () => {
      const traffic = await payThrough(async (payments) => {
        const redis = new Redis(`redis://127.0.0.1:${String(cluster.settings.ports.redis)}`)
        await redis.flushall()
        redis.disconnect()
        await moreAccepted(payments, 200)
        await cluster.node('redis').kill('SIGKILL')
        await moreAccepted(payments, 200)
        await untilReady('redis')
      })
      expect(traffic.refusals).toEqual(new Map())
    },
    FAULT_MS,
  )
})

async function workerReasons(): Promise<string | undefined> {
  for (const n of [0, 1]) {
    const answer = await fetch(`http://127.0.0.1:${String(cluster.settings.ports.paymentWorkerAdmin + n)}/readyz`)
    const { reasons } = (await answer.json()) as { reasons: Record<string, string> }
    if (reasons.posting !== undefined) return reasons.posting
  }
  return undefined
}
