/** The audit log of a whole cluster: what is paid and what operators do is in it, once, and can be proven. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { PaymentClient } from '@paycluster/client'
import { AUDIT_GROUP, EVENTS_TOPIC, type AuditReceipt, type Payment } from '@paycluster/contracts'
import { databaseUrl } from '@paycluster/cluster/postgres/connection'
import { brokerAddress } from '@paycluster/cluster/nodes/kafka'
import { createKafkaClient } from '@paycluster/platform/kafka/kafka-client'
import { createLogger } from '@paycluster/platform/logging'
import { environmentOf, startCommand, type Ended } from '@paycluster/testkit/cluster-command'
import { query } from '@paycluster/testkit/query'
import type { Kafka } from 'kafkajs'
import { CLUSTER_START_MS, startTestCluster, type TestCluster } from '@paycluster/testkit/test-cluster'
import { waitFor } from '@paycluster/testkit/wait-for'

const CATCH_UP_MS = 30_000

let cluster: TestCluster
let ops: PaymentClient
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'paycluster-audit-'))
  cluster = await startTestCluster({
    counts: { replicas: 1, inquiryService: 1, eventServices: 2 },
    supervision: { maxRestarts: 1000 },
  })
  ops = new PaymentClient({ url: cluster.url, apiKey: cluster.demo.opsKey })
}, CLUSTER_START_MS)
afterAll(async () => {
  await cluster.stop()
  rmSync(folder, { recursive: true, force: true })
}, CLUSTER_START_MS)

const pay = async (key: string, amount = 100): Promise<Payment> => {
  const [source = '', destination = ''] = [cluster.demo.customers[0], cluster.demo.merchants[0]]
  const shop = new PaymentClient({ url: cluster.url, apiKey: cluster.demo.apiKey })
  const paid = await shop.payments.create(
    { source, destination, amount, currency: 'USD' },
    { idempotencyKey: key, waitS: 10 },
  )
  if (paid.status === 'queued') throw new Error('the payment was not posted in time')
  return paid
}

const opsCommand = (...args: string[]): Promise<Ended> =>
  startCommand(
    ['ops', '--url', cluster.url, '--key', cluster.demo.opsKey, ...args],
    environmentOf({ stateDir: cluster.layout.state }),
  ).ended

const kafka = (): Kafka =>
  createKafkaClient({
    brokers: [brokerAddress(cluster.settings)],
    clientId: 'test',
    logger: createLogger('test', 'fatal'),
  })

const counted = async (): Promise<{ records: number; payments: number; recorded: number }> => {
  const [row] = await query<{ records: number; payments: number; recorded: number }>(
    databaseUrl(cluster.secrets, 'monitor', cluster.settings.ports.primary),
    `SELECT (SELECT count(*)::int FROM audit_records) AS records,
            (SELECT count(*)::int FROM payments) AS payments,
            (SELECT count(DISTINCT split_part(key, ' ', 1))::int FROM audit_records WHERE key LIKE 'pay\\_%') AS recorded`,
  )
  if (row === undefined) throw new Error('no row')
  return row
}

const everythingRecorded = (): Promise<{ records: number }> =>
  waitFor(
    'every payment to be recorded',
    async () => {
      const counts = await counted()
      return counts.recorded === counts.payments ? counts : undefined
    },
    { timeoutMs: CATCH_UP_MS },
  )

describe('the audit log', () => {
  it('has what was paid, and proves it to who has the key alone', async () => {
    const paid = await pay('audited', 1234)
    const receipt = await waitFor('the receipt', () => ops.audit.receipt(paid.id), { timeoutMs: CATCH_UP_MS })
    expect(receipt.records).toHaveLength(1)
    expect(JSON.parse(receipt.records[0]?.body ?? '')).toMatchObject({
      id: `${paid.id}.1`,
      type: 'payment.succeeded',
      data: { payment: { id: paid.id, amount: 1234 } },
    })
    const [file, keyFile] = [join(folder, 'receipt.json'), join(folder, 'key.pem')]
    expect(await opsCommand('audit', 'receipt', paid.id, file)).toMatchObject({ code: 0 })
    expect(await opsCommand('audit', 'key', keyFile)).toMatchObject({ code: 0 })
    expect(readFileSync(keyFile, 'utf8')).toBe(receipt.public_key)
    const proven = await opsCommand('audit', 'verify-receipt', file, '--public-key', keyFile)
    expect(proven).toMatchObject({ code: 0, output: expect.stringContaining(`"subject":"${paid.id}"`) })
    const altered: AuditReceipt = structuredClone(receipt)
    for (const record of altered.records) record.body = record.body.replace('1234', '9999')
    writeFileSync(file, JSON.stringify(altered))
    const refused = await opsCommand('audit', 'verify-receipt', file)
    expect(refused).toMatchObject({ code: 1, output: expect.stringMatching(/record \d+ is altered/) })
  })

  it('has what operators did, and who they were', async () => {
    const { id: clientId } = (await ops.clients.create({ name: 'Audited' }, { waitS: 10 })) as { id: number }
    const records = await waitFor(
      'the record',
      async () => {
        const found = []
        for await (const record of ops.audit.list({ subject: `client_${clientId}` })) found.push(record)
        return found.length > 0 ? found : undefined
      },
      { timeoutMs: CATCH_UP_MS },
    )
    expect(records).toMatchObject([{ type: 'client.created', subject: `client_${clientId}` }])
    const listed = await opsCommand('audit', 'list', '--type', 'client.created', '--limit', '1')
    expect(listed).toMatchObject({ code: 0, output: expect.stringContaining(`client_${clientId}`) })
    const receipt = await ops.audit.receipt(`client_${clientId}`)
    expect(JSON.parse(receipt.records[0]?.body ?? '')).toMatchObject({
      data: { asked_by: { key_id: expect.any(String) } },
    })
  })

  it('loses nothing and doubles nothing while its keepers are killed', async () => {
    for (let round = 0; round < 4; round++) {
      const paying = Promise.all(Array.from({ length: 25 }, (_, n) => pay(`killed-${round}-${n}`, 1)))
      await cluster.node(`event-services-${(round % 2) + 1}`).kill('SIGKILL')
      await paying
    }
    await everythingRecorded()
  }, 60_000)

  it('adds nothing when the group has lost its place, and everything is told again', async () => {
    const { records } = await everythingRecorded()
    const keepers = [1, 2].map((n) => cluster.node(`event-services-${n}`))
    await Promise.all(keepers.map((node) => node.stop()))
    const admin = kafka().admin()
    await admin.connect()
    // Those that were killed are members until their sessions end.
    await waitFor(
      'the group to be empty',
      async () => (await admin.describeGroups([AUDIT_GROUP])).groups[0]?.state === 'Empty',
      { timeoutMs: CATCH_UP_MS },
    )
    await admin.resetOffsets({ groupId: AUDIT_GROUP, topic: EVENTS_TOPIC, earliest: true })
    await Promise.all(keepers.map((node) => node.start()))
    await waitFor(
      'the group to be at the end again',
      async () => {
        const [group] = await admin.fetchOffsets({ groupId: AUDIT_GROUP, topics: [EVENTS_TOPIC] })
        const ends = await admin.fetchTopicOffsets(EVENTS_TOPIC)
        return ends.every(({ partition, high }) => {
          const next = group?.partitions.find((one) => one.partition === partition)?.offset
          return high === '0' || next === high
        })
      },
      { timeoutMs: CATCH_UP_MS },
    )
    await admin.disconnect()
    expect((await counted()).records).toBe(records)
  }, 60_000)

  it('keeps a message that is no event, and goes on', async () => {
    const producer = kafka().producer()
    await producer.connect()
    await producer.send({ topic: EVENTS_TOPIC, messages: [{ key: 'poison', value: 'no event' }] })
    await producer.disconnect()
    const records = await waitFor(
      'the record',
      async () => {
        const found = []
        for await (const record of ops.audit.list({ type: 'unreadable' })) found.push(record)
        return found.length > 0 ? found : undefined
      },
      { timeoutMs: CATCH_UP_MS },
    )
    expect(records).toHaveLength(1)
    await pay('after-the-poison')
    await everythingRecorded()
  })

  it('is exported whole, checked without the cluster, and an altered copy is caught', async () => {
    const { records } = await everythingRecorded()
    const file = join(folder, 'audit.jsonl')
    expect(await opsCommand('audit', 'export', file)).toMatchObject({
      code: 0,
      output: expect.stringContaining(`${records} records`),
    })
    const verified = await opsCommand('--json', 'audit', 'verify', file)
    expect(verified.code).toBe(0)
    const { head } = JSON.parse(verified.output.slice(verified.output.indexOf('{'))) as { head: string }
    expect(await opsCommand('audit', 'verify', file, '--head', head)).toMatchObject({ code: 0 })

    const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
    expect(await opsCommand('audit', 'verify', file, '--public-key', join(folder, 'key.pem'))).toMatchObject({
      code: 0,
    })

    const copy = join(folder, 'copy.jsonl')
    writeFileSync(copy, `${lines.map((line) => line.replace('\\"amount\\":1234', '\\"amount\\":1')).join('\n')}\n`)
    expect(await opsCommand('audit', 'verify', copy)).toMatchObject({
      code: 1,
      output: expect.stringMatching(/✖ record \d+ is altered/),
    })
    writeFileSync(copy, `${lines.slice(0, -1).join('\n')}\n`)
    expect(await opsCommand('audit', 'verify', copy)).toMatchObject({ code: 0 })
    expect(await opsCommand('audit', 'verify', copy, '--head', head)).toMatchObject({
      code: 1,
      output: expect.stringContaining('ends at another head'),
    })
    const [nothing, binary] = [join(folder, 'nothing'), join(folder, 'binary')]
    writeFileSync(binary, Buffer.alloc(1000, 0xff))
    for (const [unreadable, fault] of [
      [[nothing], 'there is no file'],
      [[folder], 'it is a folder'],
      [[binary], 'the first line is not JSON'],
      [[file, '--public-key', binary], 'no public key in PEM'],
    ] as const) {
      const { code, output } = await opsCommand('audit', 'verify', ...unreadable)
      expect([code, output.trimEnd().split('\n').at(-1)]).toEqual([1, expect.stringContaining(fault)])
    }
  }, 90_000)

  it('is for operators alone', async () => {
    const shop = new PaymentClient({ url: cluster.url, apiKey: cluster.demo.apiKey })
    await expect(shop.audit.list().next()).rejects.toMatchObject({ status: 403 })
    await expect(shop.audit.receipt('pay_1')).rejects.toMatchObject({ status: 403 })
    await expect(ops.audit.receipt('pay_1')).rejects.toMatchObject({ status: 404 })
  })
})
