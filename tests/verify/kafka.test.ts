/** I6 and I10 can fail: commands that nobody posted, and payments without an event, are found. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { Admin, Kafka, Producer } from 'kafkajs'
import { checkEvents } from '@paycluster/cluster/verify/check-events'
import { checkLog } from '@paycluster/cluster/verify/check-log'
import { COMMANDS_TOPIC, EVENTS_TOPIC, TOPIC_PARTITIONS, WORKER_GROUP } from '@paycluster/contracts'
import { IdCodec, idToUuid } from '@paycluster/platform/ids/id-codec'
import { createKafkaClient, keyPartitioner } from '@paycluster/platform/kafka/kafka-client'
import { createLogger } from '@paycluster/platform/logging'
import { query } from '@paycluster/testkit/query'
import { seedLedger, type SeededLedger } from '@paycluster/testkit/seed-ledger'
import { startTestKafka, type TestKafka } from '@paycluster/testkit/test-kafka'
import { startTestPostgres, type DatabaseUrls, type TestPostgres } from '@paycluster/testkit/test-postgres'
import { waitFor } from '@paycluster/testkit/wait-for'

/** Joining a group takes a second or two. */
jest.setTimeout(30_000)
/** What has to come comes sooner: a group's coordinator, in a broker that has just started, takes its time. */
const WAIT_MS = 20_000
/** For what is not to come. */
const SHORT_WAIT_MS = 300
const codec = new IdCodec('a secret for tests, of 32 letters or more')
let server: TestPostgres
let broker: TestKafka
let kafka: Kafka
let admin: Admin
let producer: Producer
let db: DatabaseUrls
let ledger: SeededLedger
beforeAll(async () => {
  ;[server, broker] = await Promise.all([startTestPostgres(), startTestKafka()])
  kafka = createKafkaClient({ brokers: broker.brokers, clientId: 'test', logger: createLogger('test', 'fatal') })
  admin = kafka.admin()
  producer = kafka.producer({ createPartitioner: keyPartitioner })
  await Promise.all([admin.connect(), producer.connect()])
}, 120_000)
afterAll(async () => {
  await Promise.all([admin.disconnect(), producer.disconnect()])
  await Promise.all([server.stop(), broker.stop()])
}, 60_000)
beforeEach(async () => {
  db = await server.createDatabase()
  ledger = await seedLedger(db.ownerUrl, codec)
  await emptyTopics()
}, 30_000)

/** Made anew, so that they begin at 0 again. */
async function emptyTopics(): Promise<void> {
  for (const topic of [COMMANDS_TOPIC, EVENTS_TOPIC]) {
    await waitFor(`${topic} to be empty`, async () => {
      if (!(await admin.listTopics()).includes(topic)) {
        await admin.createTopics({ topics: [{ topic, numPartitions: TOPIC_PARTITIONS }], waitForLeaders: false })
      }
      const offsets = await admin.fetchTopicOffsets(topic)
      const isEmpty = offsets.length === TOPIC_PARTITIONS && offsets.every(({ high }) => high === '0')
      if (!isEmpty) await admin.deleteTopics({ topics: [topic] })
      return isEmpty
    })
  }
  // A producer that knew the old topics would send twice.
  await producer.disconnect()
  await producer.connect()
}

const send = (topic: string, messages: readonly { key: string; value: string }[]) =>
  producer.send({ topic, acks: -1, messages: [...messages] })

describe('I6, the log', () => {
  const check = () => checkLog(db.monitorUrl, admin, SHORT_WAIT_MS)
  const commands = Array.from({ length: 20 }, (_, n) => ({ key: `key-${n}`, value: '{}' }))
  const post = async () => {
    for (const { partition, high } of await admin.fetchTopicOffsets(COMMANDS_TOPIC))
      await query(db.ownerUrl, 'UPDATE ledger_offsets SET next_offset = $2 WHERE partition = $1', [partition, high])
  }

  it('passes when the ledger has posted all of it', async () => {
    await send(COMMANDS_TOPIC, commands)
    await post()
    expect(await check()).toMatchObject({ checked: 20, violations: 0 })
  })

  it('finds commands that nobody posts', async () => {
    await send(COMMANDS_TOPIC, commands)
    await post()
    await send(COMMANDS_TOPIC, commands.slice(0, 1))
    expect(await check()).toMatchObject({ violations: 1, rows: [{ problem: 'accepted commands are not posted' }] })
  })

  it('finds a log that ends before what the ledger has posted', async () => {
    await query(db.ownerUrl, 'UPDATE ledger_offsets SET next_offset = 7 WHERE partition = 3')
    expect(await check()).toMatchObject({
      violations: 1,
      rows: [{ problem: 'the log ends before what the ledger has posted', partition: 3 }],
    })
  })

  it('finds commands that were deleted before they were posted', async () => {
    await send(COMMANDS_TOPIC, commands)
    const { partition, high } = (await admin.fetchTopicOffsets(COMMANDS_TOPIC)).find(({ high }) => high !== '0') ?? {
      partition: 0,
      high: '0',
    }
    await post()
    await query(db.ownerUrl, 'UPDATE ledger_offsets SET next_offset = 0 WHERE partition = $1', [partition])
    await admin.deleteTopicRecords({ topic: COMMANDS_TOPIC, partitions: [{ partition, offset: high }] })
    const { rows } = await check()
    expect(rows.map((row) => row.problem)).toContain('commands were deleted from the log before they were posted')
  })
})

describe('I10', () => {
  const check = (waitMs = WAIT_MS) => checkEvents(db.monitorUrl, kafka, waitMs)

  interface SentEvent {
    readonly key: string
    readonly value: string
  }

  /** The events of the seeded ledger, as the worker makes them. */
  async function events(): Promise<SentEvent[]> {
    const rows = await query<{ id: string; source_seq: string | null; destination_seq: string | null }>(
      db.ownerUrl,
      "SELECT replace(id::text, '-', '') AS id, source_seq, destination_seq FROM payments",
    )
    const byId = new Map(rows.map((row) => [row.id, row]))
    return ledger.payments.map(({ id, source, destination, status }) => {
      const row = byId.get(idToUuid(id))
      const accounts =
        row?.source_seq === null
          ? []
          : [
              { account_id: source, sequence: Number(row?.source_seq) },
              { account_id: destination, sequence: Number(row?.destination_seq) },
            ]
      const event = { type: `payment.${status}`, time: '2026-01-01T00:00:00.000Z', data: { payment: { id }, accounts } }
      return { key: source, value: JSON.stringify(event) }
    })
  }

  it('passes when every payment has its event, some of them twice, in any order', async () => {
    const sent = await events()
    await send(EVENTS_TOPIC, [...sent.toReversed(), ...sent.slice(0, 30)])
    expect(await check()).toMatchObject({ checked: 220 + 5, violations: 0, notes: ['145 events read'] })
  })

  it('finds a payment without an event', async () => {
    const sent = await events()
    await send(EVENTS_TOPIC, [...sent.slice(0, 40), ...sent.slice(41)])
    const { rows, violations } = await check()
    // On the payer's account and on the payee's.
    expect(violations).toBe(2)
    expect(rows.map((row) => row.account).sort()).toEqual(
      [ledger.payments[40]?.source, ledger.payments[40]?.destination].map((id) => idToUuid(id ?? '')).sort(),
    )
  })

  it('finds a payment that failed without an event', async () => {
    await send(EVENTS_TOPIC, (await events()).slice(0, -1))
    const [row] = (await check()).rows
    expect(row).toMatchObject({
      problem: 'no event for a payment or refund that failed, a block, or a dead letter',
      of: `payment ${idToUuid(ledger.payments.at(-1)?.id ?? '')}`,
    })
  })

  it('finds what was decided of a dead letter without an event', async () => {
    await query(
      db.ownerUrl,
      `INSERT INTO dead_letters (id, kind, reason, attempts, partition, log_offset, first_at, last_at)
       VALUES ('command-1-2', 'command', 'x', 1, 1, 2, now(), now());
       INSERT INTO dead_letter_changes (id, letter_id, kind, attempts, letter_version, asked_by_client_id,
         asked_by_key_id, fingerprint, created_at, posted_at)
       SELECT gen_random_uuid(), 'command-1-2', 'replay', 1, version, 1, 'key', '', now(), now()
       FROM generate_series(2, 3) AS version`,
    )
    const event = {
      type: 'dead_letter.replayed',
      time: '2026-01-01T00:00:00.000Z',
      data: { dead_letter: { id: 'command-1-2', version: 2 } },
    }
    await send(EVENTS_TOPIC, [...(await events()), { key: 'command-1-2', value: JSON.stringify(event) }])
    expect(await check()).toMatchObject({ violations: 1, rows: [{ of: 'dead letter command-1-2 3' }] })
  })

  it('finds an event of what the ledger lacks', async () => {
    const ghost = {
      type: 'payment.succeeded',
      time: '2026-01-01T00:00:00.000Z',
      data: { payment: { id: 'x' }, accounts: [{ account_id: ledger.customers[0], sequence: 999 }] },
    }
    await send(EVENTS_TOPIC, [...(await events()), { key: 'ghost', value: JSON.stringify(ghost) }])
    expect(await check()).toMatchObject({
      violations: 1,
      rows: [{ problem: 'an event of an entry that the ledger lacks', sequence: 999 }],
    })
  })

  it('finds an event that cannot be read', async () => {
    await send(EVENTS_TOPIC, [...(await events()), { key: 'x', value: 'not JSON' }])
    expect(await check()).toMatchObject({ violations: 1, rows: [{ problem: 'an event that cannot be read' }] })
  })

  it('does not ask for events that Kafka has deleted', async () => {
    await send(EVENTS_TOPIC, await events())
    const ranges = await admin.fetchTopicOffsets(EVENTS_TOPIC)
    const [full] = ranges.filter(({ high }) => Number(high) > 5)
    await admin.deleteTopicRecords({
      topic: EVENTS_TOPIC,
      partitions: [{ partition: full?.partition ?? 0, offset: '3' }],
    })
    expect(await check()).toMatchObject({
      violations: 0,
      notes: [expect.anything(), expect.stringContaining('Kafka keeps')],
    })
  })

  it('says so when the worker has not published all of it yet', async () => {
    await send(EVENTS_TOPIC, await events())
    await query(db.ownerUrl, 'UPDATE ledger_offsets SET next_offset = 5 WHERE partition = 0')
    const { notes } = await check(SHORT_WAIT_MS)
    expect(notes).toContainEqual(expect.stringContaining('waited 0.3 s for the worker to publish'))
    await admin.setOffsets({
      groupId: WORKER_GROUP,
      topic: COMMANDS_TOPIC,
      partitions: [{ partition: 0, offset: '5' }],
    })
    expect((await check()).notes).toEqual(['115 events read'])
  })
})
