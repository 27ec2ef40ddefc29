/** One cluster for all tests of the folder, and two views of what was paid on it: the ledger's and the rollups'. */
import { afterAll, beforeAll } from '@jest/globals'
import { PaymentClient } from '@paycluster/client'
import { brokerAddress } from '@paycluster/cluster/nodes/kafka'
import { databaseUrl } from '@paycluster/cluster/postgres/connection'
import { ANALYTICS_GROUP, EVENTS_TOPIC, type AnalyticsRow } from '@paycluster/contracts'
import { idToUuid } from '@paycluster/platform/ids/id-codec'
import { createKafkaClient } from '@paycluster/platform/kafka/kafka-client'
import { createLogger } from '@paycluster/platform/logging'
import { query } from '@paycluster/testkit/query'
import { CLUSTER_START_MS, startTestCluster, type TestCluster } from '@paycluster/testkit/test-cluster'
import { waitFor } from '@paycluster/testkit/wait-for'
import type { Kafka } from 'kafkajs'

export const CATCH_UP_MS = 30_000
const DAY_MS = 86_400_000

export let cluster: TestCluster
export let shop: PaymentClient
export let ops: PaymentClient

beforeAll(async () => {
  cluster = await startTestCluster({
    counts: { replicas: 1, inquiryService: 1, bankSimulator: 1, eventServices: 2 },
    supervision: { maxRestarts: 1000 },
  })
  shop = new PaymentClient({ url: cluster.url, apiKey: cluster.demo.apiKey })
  ops = new PaymentClient({ url: cluster.url, apiKey: cluster.demo.opsKey })
}, CLUSTER_START_MS)
afterAll(() => cluster.stop(), CLUSTER_START_MS)

export const kafka = (): Kafka =>
  createKafkaClient({
    brokers: [brokerAddress(cluster.settings)],
    clientId: 'test',
    logger: createLogger('test', 'fatal'),
  })

/** What came to a state in a minute: the same of both views, to be compared as they are. */
export interface Line {
  readonly at: string
  readonly client: number
  /** 32 hexadecimal digits; null for no merchant's. */
  readonly merchant: string | null
  readonly kind: string
  readonly state: string
  readonly currency: string
  readonly count: number
  readonly volume: string
}

const LEDGER = `
WITH made AS (
  SELECT p.*, coalesce(rail::text, CASE WHEN hold_until IS NULL THEN 'payment' ELSE 'hold' END) AS kind,
    (SELECT replace(a.id::text, '-', '') FROM accounts a
     WHERE a.id = p.destination_id AND a.kind = 'merchant' AND p.unknown_destination IS NULL) AS merchant
  FROM payments p
), states AS (
  SELECT created_at AS at, client_id, merchant, kind, 'requires_capture' AS state, currency, amount::bigint AS volume
  FROM made WHERE hold_until IS NOT NULL AND status <> 'failed'
  UNION ALL
  SELECT created_at, client_id, merchant, kind, 'processing', currency, amount
  FROM made WHERE rail IS NOT NULL AND (status = 'processing' OR version > 1)
  UNION ALL
  SELECT coalesce(completed_at, posted_at), client_id, merchant, kind, status::text, currency,
    CASE WHEN status = 'succeeded' THEN coalesce(captured, amount) ELSE amount END
  FROM made WHERE status NOT IN ('processing', 'requires_capture')
  UNION ALL
  SELECT o.posted_at, m.client_id, m.merchant, 'refund', CASE WHEN o.failure IS NULL THEN 'succeeded' ELSE 'failed' END,
    m.currency, coalesce(o.amount, 0)
  FROM payment_operations o JOIN made m ON m.id = o.payment_id
  WHERE o.kind = 'refund' AND o.unknown_payment IS NULL
)
SELECT to_char(date_trunc('minute', at AT TIME ZONE 'UTC'), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at, client_id AS client,
  merchant, kind, state, currency::text, count(*)::int AS count, sum(volume)::text AS volume
FROM states GROUP BY 1, 2, 3, 4, 5, 6`

const sorted = (lines: readonly Line[]): Line[] =>
  lines.toSorted((a, b) => JSON.stringify(Object.values(a)).localeCompare(JSON.stringify(Object.values(b))))

export const fromLedger = async (): Promise<Line[]> => sorted(await query<Line>(monitorUrl(), LEDGER))

export const monitorUrl = (): string => databaseUrl(cluster.secrets, 'monitor', cluster.settings.ports.primary)

/** Whatever happened in the last hours, by every dimension. */
export async function fromAnalytics(granularity: 'minute' | 'hour' | 'day' = 'minute'): Promise<Line[]> {
  const now = Date.now()
  const { data } = await ops.analytics.read({
    granularity,
    from: new Date(now - DAY_MS / 2).toISOString(),
    to: new Date(now + DAY_MS / 4).toISOString(),
    group_by: ['client', 'merchant', 'kind', 'state', 'currency'],
  })
  return sorted(data.map(toLine))
}

function toLine({ at, client, merchant, kind, state, currency, count, volumes }: AnalyticsRow): Line {
  if (kind === undefined || state === undefined || currency === undefined) throw new Error('not by every dimension')
  return {
    at,
    client: client ?? 0,
    merchant: merchant === null || merchant === undefined ? null : idToUuid(merchant),
    kind,
    state,
    currency,
    count,
    volume: volumes.map(({ amount }) => amount).join(),
  }
}

/** Waits until both views are the same, and returns it. */
export const bothViews = (): Promise<Line[]> =>
  waitFor(
    'the rollups to equal the ledger',
    async () => {
      const [ledger, analytics] = [await fromLedger(), await fromAnalytics()]
      if (JSON.stringify(ledger) === JSON.stringify(analytics)) return ledger
      const missing = ledger.filter(
        (line) => !analytics.some((other) => JSON.stringify(other) === JSON.stringify(line)),
      )
      const wrong = analytics.filter((line) => !ledger.some((other) => JSON.stringify(other) === JSON.stringify(line)))
      throw new Error(JSON.stringify({ missing: missing.slice(0, 5), wrong: wrong.slice(0, 5) }))
    },
    { timeoutMs: CATCH_UP_MS, intervalMs: 200 },
  )

/** Waits until the group has done with everything that is on the log by now. */
export async function groupAtEnd(): Promise<void> {
  const admin = kafka().admin()
  await admin.connect()
  try {
    const ends = await admin.fetchTopicOffsets(EVENTS_TOPIC)
    await waitFor(
      'the group to be at the end',
      async () => {
        const [group] = await admin.fetchOffsets({ groupId: ANALYTICS_GROUP, topics: [EVENTS_TOPIC] })
        return ends.every(({ partition, high }) => {
          const next = group?.partitions.find((one) => one.partition === partition)?.offset
          return Number(high) <= Math.max(0, Number(next))
        })
      },
      { timeoutMs: CATCH_UP_MS },
    )
  } finally {
    await admin.disconnect()
  }
}
