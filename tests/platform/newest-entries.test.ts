/** The worker's additions and the readers' fills, in any order and with any of them lost: what is held is always true. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { Redis } from 'ioredis'
import type { Entry } from '@paycluster/contracts'
import type { CacheEntry } from '@paycluster/platform/cache/cache-entry'
import { newestEntriesKey } from '@paycluster/platform/cache/cache-keys'
import { joinEntries, NEWEST_ENTRIES } from '@paycluster/platform/cache/newest-entries'
import { createRedisClient } from '@paycluster/platform/cache/redis-client'
import { VersionedCache } from '@paycluster/platform/cache/versioned-cache'
import { createLogger } from '@paycluster/platform/logging'
import { startTestRedis, type TestRedis } from '@paycluster/testkit/test-redis'
import { waitFor } from '@paycluster/testkit/wait-for'

let server: TestRedis
let redis: Redis
let cache: VersionedCache
beforeAll(async () => {
  server = await startTestRedis()
  redis = createRedisClient({ url: server.socketUrl, name: 'test', logger: createLogger('test', 'fatal') })
  cache = new VersionedCache(redis)
  await waitFor('redis', () => !cache.isAway)
})
afterAll(async () => {
  cache.close()
  redis.disconnect()
  await server.stop()
})

const KEY = newestEntriesKey('acc_1')

/** Entries by timeline: a failover may lose the last ones, and others take their sequences. */
const entry = (timeline: number, seq: number): Entry => ({
  seq,
  payment_id: `pay_${timeline}`,
  kind: 'payment',
  amount: 1,
  balance_after: seq,
  created_at: '2026-01-01T00:00:00.000Z',
})

class Account {
  version = 0
  timeline = 1
  #timelines: number[] = []

  /** @returns the new entries, newest first */
  post(count: number): Entry[] {
    for (let added = 0; added < count; added++) this.#timelines.push(this.timeline)
    this.version += count
    return this.newest(count)
  }

  failOver(lost: number): void {
    this.version = Math.max(0, this.version - lost)
    this.#timelines.length = this.version
    this.timeline += 1
  }

  newest(count: number): Entry[] {
    const from = Math.max(0, this.version - count)
    return this.#timelines
      .slice(from)
      .map((timeline, index) => entry(timeline, from + index + 1))
      .reverse()
  }

  state(entries: readonly Entry[]): CacheEntry {
    const { version, timeline } = this
    const common = { lsn: 1n, asOfMs: Date.now(), owners: [1], token: '' }
    return { ...common, key: KEY, version, timeline, json: joinEntries(entries.slice(0, NEWEST_ENTRIES)) }
  }
}

const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('post' as const), count: fc.integer({ min: 1, max: 4 }) }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('post' as const), count: fc.integer({ min: 19, max: 45 }) }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('lost' as const), count: fc.integer({ min: 1, max: 3 }) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('fill' as const), count: fc.constant(0) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('flush' as const), count: fc.constant(0) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('fail over' as const), count: fc.nat(3) }) },
  ),
  { minLength: 1, maxLength: 20 },
)

describe('the newest entries of an account', () => {
  it('are those of their version and timeline, whatever was lost', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        await redis.flushall()
        const account = new Account()
        const truths = new Map<string, Entry[]>()
        let isKept = false
        for (const { kind, count } of sequence) {
          if (kind === 'post' || kind === 'lost') {
            const after = account.version
            const added = account.post(count)
            const addition = { entry: account.state(added), after }
            if (kind === 'post') await cache.extendNewestEntries([addition])
            else isKept = false
            isKept ||= kind === 'post' && (after === 0 || count >= NEWEST_ENTRIES)
          } else if (kind === 'fill') {
            await cache.putIfNewer([account.state(account.newest(NEWEST_ENTRIES))])
            isKept = true
          } else {
            if (kind === 'flush') await redis.flushall()
            else account.failOver(count)
            isKept = false
          }
          truths.set(`${account.timeline}:${account.version}`, account.newest(NEWEST_ENTRIES))
          const held = await cache.get(KEY)
          if (isKept) expect(held).toMatchObject({ version: account.version, timeline: account.timeline })
          if (held === undefined) continue
          expect(JSON.parse(`[${held.json}]`)).toEqual(truths.get(`${held.timeline}:${held.version}`))
        }
      }),
      { numRuns: 200 },
    )
  })

  it('survive a flush of the scripts', async () => {
    await redis.flushall()
    const account = new Account()
    await cache.extendNewestEntries([{ entry: account.state(account.post(3)), after: 0 }])
    await redis.script('FLUSH')
    await cache.extendNewestEntries([{ entry: account.state(account.post(2)), after: 3 }])
    expect((await cache.get(KEY))?.json).toBe(joinEntries(account.newest(5)))
  })
})
