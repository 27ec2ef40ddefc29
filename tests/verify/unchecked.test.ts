/** What could not be looked at is `unchecked`, with the reason: neither proven nor broken, and no pass. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { COMMANDS_TOPIC, EVENTS_TOPIC } from '@paycluster/contracts'
import { createKafkaClient } from '@paycluster/platform/kafka/kafka-client'
import { createRedisClient } from '@paycluster/platform/cache/redis-client'
import { createLogger } from '@paycluster/platform/logging'
import type { InvariantResult } from '@paycluster/cluster/verify/invariant'
import { partitionRanges } from '@paycluster/platform/kafka/log-offsets'
import type { VerifyTarget } from '@paycluster/cluster/verify/target'
import { passed, verify } from '@paycluster/cluster/verify/verify'
import { startTestKafka, type TestKafka } from '@paycluster/testkit/test-kafka'
import { startTestPostgres, type TestPostgres } from '@paycluster/testkit/test-postgres'
import { startTestRedis, type TestRedis } from '@paycluster/testkit/test-redis'
import { waitFor } from '@paycluster/testkit/wait-for'

const TIMEOUT_MS = 120_000
/** A replica that has just begun, on a machine that does much else. */
const REPLAY_MS = 30_000
let db: TestPostgres
let broker: TestKafka
let redis: TestRedis
let folder: string
let target: VerifyTarget

beforeAll(async () => {
  ;[db, broker, redis] = await Promise.all([startTestPostgres({ replicas: 1 }), startTestKafka(), startTestRedis()])
  folder = mkdtempSync(join(tmpdir(), 'paycluster-unchecked-'))
  const acceptedFile = join(folder, 'accepted.jsonl')
  writeFileSync(acceptedFile, '{"remark":"backwards"}\n')
  await Promise.all([fillCache(), untilTopicsAreLed()])
  target = {
    primaryUrl: db.monitorUrl,
    replicas: db.replicas.map(({ name, monitorUrl }) => ({ name, url: monitorUrl })),
    redisUrl: redis.url,
    kafkaBrokers: broker.brokers,
    clusterSecret: 'a secret for tests, of 32 letters or more',
    acceptedFile,
  }
}, TIMEOUT_MS)
afterAll(async () => {
  await Promise.all([db.stop(), broker.stop(), redis.stop()])
  rmSync(folder, { recursive: true })
}, TIMEOUT_MS)

/** One key: an empty cache is compared with nothing. */
async function fillCache(): Promise<void> {
  const client = createRedisClient({ url: redis.url, name: 'test', logger: createLogger('test', 'fatal') })
  await waitFor('redis', () => client.status === 'ready')
  await client.set('key', 'value')
  client.disconnect()
}

/** A topic that was just made is known before the broker leads it. */
async function untilTopicsAreLed(): Promise<void> {
  const kafka = createKafkaClient({ brokers: broker.brokers, clientId: 'test', logger: createLogger('test', 'fatal') })
  const admin = kafka.admin()
  await admin.connect()
  for (const topic of [COMMANDS_TOPIC, EVENTS_TOPIC])
    await waitFor(`the broker to lead ${topic}`, () => partitionRanges(admin, topic))
  await admin.disconnect()
}

const run = () => verify(target, { waitMs: REPLAY_MS })
const idsOf = (results: readonly InvariantResult[], state: InvariantResult['state']): string[] =>
  results.filter((result) => result.state === state).map(({ id }) => id)
const ALL = ['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9', 'I10', 'I11']

describe('verify', () => {
  it(
    'checks everything while everything is there',
    async () => {
      const results = await run()
      expect(results.filter(({ state }) => state === 'unchecked')).toEqual([])
      expect(idsOf(results, 'violated')).toEqual(['I7'])
      expect(results.map(({ id }) => id)).toEqual(ALL)
    },
    TIMEOUT_MS,
  )

  it(
    'without the primary has checked nothing that it holds, finds nobody guilty, and does not pass',
    async () => {
      await db.primary.stop()
      const results = await run()
      expect(idsOf(results, 'unchecked')).toEqual(ALL)
      for (const { id, notes } of results.filter(({ state }) => state === 'unchecked'))
        expect([id, ...notes]).toEqual([id, expect.stringContaining('ECONNREFUSED')])
      expect(passed(results)).toBe(false)
      await db.primary.start()
    },
    TIMEOUT_MS,
  )
})
