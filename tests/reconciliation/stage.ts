/** One cluster for all tests of the folder, with a bank that states what it has done. */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll } from '@jest/globals'
import { PaymentClient } from '@paycluster/client'
import { EVENTS_TOPIC, type Difference, type Payment, type ReconciliationRun } from '@paycluster/contracts'
import { bankApiKey, bankUrl } from '@paycluster/cluster/nodes/bank-simulator'
import { brokerAddress } from '@paycluster/cluster/nodes/kafka'
import { databaseUrl } from '@paycluster/cluster/postgres/connection'
import { createKafkaClient } from '@paycluster/platform/kafka/kafka-client'
import { partitionRanges } from '@paycluster/platform/kafka/log-offsets'
import { readTopic } from '@paycluster/platform/kafka/read-topic'
import { createLogger } from '@paycluster/platform/logging'
import { environmentOf, startCommand, type Ended } from '@paycluster/testkit/cluster-command'
import { query } from '@paycluster/testkit/query'
import { CLUSTER_START_MS, startTestCluster, type TestCluster } from '@paycluster/testkit/test-cluster'
import { waitFor } from '@paycluster/testkit/wait-for'
import type { Kafka } from 'kafkajs'

export const LEASE_MS = 2_000
export const GRACE_MS = 1_000
const RUN_MS = 60_000
/** A day that ends in the middle of a test is two statements. */
const LEAST_OF_DAY_MS = 300_000
const DAY_MS = 86_400_000

export let cluster: TestCluster
export let ops: PaymentClient
export let shop: PaymentClient
/** Of UTC, that all of it happens on. */
export let day: string
let folder: string

beforeAll(async () => {
  const left = DAY_MS - (Date.now() % DAY_MS)
  if (left < LEAST_OF_DAY_MS) await delay(left)
  day = new Date().toISOString().slice(0, 10)
  folder = mkdtempSync(join(tmpdir(), 'paycluster-reconciliation-'))
  cluster = await startTestCluster({
    counts: { bankSimulator: 1, replicas: 1, inquiryService: 1, eventServices: 2 },
    supervision: { maxRestarts: 1000 },
    services: {
      eventServicesEnv: {
        RECONCILIATION_GRACE_S: String(GRACE_MS / 1000),
        RECONCILIATION_LEASE_MS: String(LEASE_MS),
        // Once, at the start; the rest is asked for.
        RECONCILIATION_INTERVAL_S: '86400',
        RECONCILIATION_STATEMENT_DELAY_S: '0',
      },
    },
  })
  ops = new PaymentClient({ url: cluster.url, apiKey: cluster.demo.opsKey })
  shop = new PaymentClient({ url: cluster.url, apiKey: cluster.demo.apiKey })
}, CLUSTER_START_MS + LEAST_OF_DAY_MS)
afterAll(async () => {
  await cluster.stop()
  rmSync(folder, { recursive: true, force: true })
}, CLUSTER_START_MS)

export const account = (n = 0): string => cluster.demo.customers[n] ?? ''

/** Money from the bank or to it, to its end, and the grace after it. */
export async function move(kind: 'deposit' | 'withdraw', amount: number): Promise<Payment> {
  const asked = await shop.payments[kind]({ account: account(), amount, currency: 'USD' })
  return settled(asked.id)
}

export async function payByCard(amount: number): Promise<Payment> {
  const asked = await shop.payments.payByCard({
    destination: cluster.demo.merchants[0] ?? '',
    amount,
    currency: 'USD',
    card: { number: '4242424242424242', expiry_month: 12, expiry_year: 2099, cvc: '123' },
  })
  return settled(asked.id)
}

/** A refund of what the bank has brought, to its end, and the grace after it. */
export async function refund(payment: string, amount: number): Promise<void> {
  const { id } = await shop.payments.refund(payment, { amount })
  const { status, completed_at } = await shop.payments.waitForRefund(id)
  if (status !== 'succeeded') throw new Error(`${id} is ${status}`)
  await waitFor('the grace to be over', () => Date.now() > Date.parse(completed_at ?? '') + GRACE_MS)
}

async function settled(id: string): Promise<Payment> {
  const payment = await shop.payments.waitForFinal(id)
  if (payment.status !== 'succeeded') throw new Error(`${id} is ${payment.status}`)
  await waitFor('the grace to be over', () => Date.now() > Date.parse(payment.completed_at ?? '') + GRACE_MS)
  return payment
}

/** The bank's statement of today, by lines; the header first. */
export async function statement(): Promise<string[]> {
  const { settings, secrets } = cluster
  const response = await fetch(`${bankUrl(settings)}/v1/statements/${day}.csv`, {
    headers: { authorization: `Bearer ${bankApiKey(secrets)}` },
  })
  return (await response.text()).trimEnd().split('\r\n')
}

export const csv = (lines: readonly string[]): Blob => new Blob([`${lines.join('\r\n')}\r\n`])

/** The run, when it has ended. */
export const ended = (run: ReconciliationRun): Promise<ReconciliationRun> =>
  waitFor(
    `the end of ${run.kind}`,
    async () => {
      const now = await ops.reconciliation.run(run.id)
      return now.state === 'running' ? undefined : now
    },
    { timeoutMs: RUN_MS },
  )

export const give = async (lines: readonly string[]): Promise<ReconciliationRun> =>
  ended(await ops.reconciliation.giveStatement(day, csv(lines)))

export const run = async (...what: Parameters<typeof ops.reconciliation.start>): Promise<ReconciliationRun> =>
  ended(await ops.reconciliation.start(...what))

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

export const openDifferences = (): Promise<Difference[]> => all(ops.reconciliation.differences({ state: 'open' }))

export const kafka = (): Kafka =>
  createKafkaClient({
    brokers: [brokerAddress(cluster.settings)],
    clientId: 'test',
    logger: createLogger('test', 'fatal'),
  })

/** Ids of the events of differences on the log, sorted, each as often as it is there. */
export async function toldIds(): Promise<string[]> {
  const client = kafka()
  const admin = client.admin()
  await admin.connect()
  const ids: string[] = []
  try {
    await readTopic(client, EVENTS_TOPIC, await partitionRanges(admin, EVENTS_TOPIC), (value) => {
      const { type, id } = JSON.parse(value?.toString() ?? '{}') as { type?: string; id?: string }
      if (type === 'reconciliation.inconsistency' && id !== undefined) ids.push(id)
    })
  } finally {
    await admin.disconnect()
  }
  return ids.sort()
}

export const asOwner = <Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> =>
  query<Row>(databaseUrl(cluster.secrets, 'owner', cluster.settings.ports.primary), sql, parameters)

export const runOps = (...args: string[]): Promise<Ended> =>
  startCommand(
    ['ops', '--url', cluster.url, '--key', cluster.demo.opsKey, ...args],
    environmentOf({ stateDir: cluster.layout.state }),
  ).ended

/** A file with a name of its own. */
export function fileOf(text: string | Uint8Array): string {
  const path = join(folder, `${randomUUID()} ${day}.csv`)
  writeFileSync(path, text)
  return path
}
