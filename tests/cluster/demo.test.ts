/** The demonstration, in a whole cluster: loaded once, the same every time, and a ledger that keeps every invariant. */
import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { loadDemo as loadNativeDemo, readDemo } from '@paycluster/cluster/demo'
import { layoutOf } from '@paycluster/cluster/layout'
import { brokerAddress } from '@paycluster/cluster/nodes/kafka'
import { databaseUrl } from '@paycluster/cluster/postgres/connection'
import { settingsFrom } from '@paycluster/cluster/settings/load-settings'
import { targetOf } from '@paycluster/cluster/verify/target'
import { passed, verify } from '@paycluster/cluster/verify/verify'
import { loadDemo, type Demo } from '@paycluster/db/demo'
import { createKafkaClient } from '@paycluster/platform/kafka/kafka-client'
import { createLogger } from '@paycluster/platform/logging'
import { query } from '@paycluster/testkit/query'
import { PaymentTraffic } from '../faults/payment-traffic.ts'
import { CLUSTER_START_MS, startTestCluster, type TestCluster } from '@paycluster/testkit/test-cluster'
import { waitFor } from '@paycluster/testkit/wait-for'

const [CUSTOMERS, MERCHANTS] = [40, 5]
const LOAD_MS = 60_000

let cluster: TestCluster
let ownerUrl: string
beforeAll(async () => {
  cluster = await startTestCluster({ demo: { customers: CUSTOMERS, merchants: MERCHANTS } })
  ownerUrl = databaseUrl(cluster.secrets, 'owner', cluster.settings.ports.primary)
}, CLUSTER_START_MS)
afterAll(() => cluster.stop(), CLUSTER_START_MS)

function load(customers: number, clusterSecret = cluster.secrets.clusterSecret): Promise<Demo> {
  const brokers = [brokerAddress(cluster.settings)]
  const kafka = createKafkaClient({ brokers, clientId: 'demo', logger: createLogger('demo', 'fatal') })
  const settings = { OWNER_URL: ownerUrl, CLUSTER_SECRET: clusterSecret, CUSTOMERS: customers, MERCHANTS }
  return loadDemo(settings, kafka)
}

const counts = () =>
  query(
    ownerUrl,
    `SELECT (SELECT count(*)::int FROM clients WHERE id > 0) AS clients, (SELECT count(*)::int FROM api_keys) AS keys,
       (SELECT count(*)::int FROM accounts WHERE client_id > 0) AS accounts, (SELECT count(*)::int FROM payments) AS payments,
       (SELECT count(*)::int FROM payments WHERE status = 'failed') AS failed`,
  )

describe('the demonstration', () => {
  it('funds every customer out of the account of the system client', async () => {
    expect(await counts()).toEqual([
      { clients: 2, keys: 3, accounts: CUSTOMERS + MERCHANTS + 1, payments: CUSTOMERS, failed: 0 },
    ])
    const balances = await query(
      ownerUrl,
      'SELECT posted, count(*)::int AS accounts FROM account_balances WHERE client_id > 0 GROUP BY 1 ORDER BY 1',
    )
    expect(balances).toEqual([
      { posted: String(-100_000_000 * CUSTOMERS), accounts: 1 },
      { posted: '0', accounts: MERCHANTS },
      { posted: '100000000', accounts: CUSTOMERS },
    ])
  })

  it(
    'changes nothing and says the same when it is loaded again',
    async () => {
      const before = await counts()
      const again = await load(CUSTOMERS)
      expect(again).toMatchObject({ apiKey: cluster.demo.apiKey, opsKey: cluster.demo.opsKey })
      expect(again.customers).toEqual(cluster.demo.customers)
      expect(again.merchants).toEqual(cluster.demo.merchants)
      expect(await counts()).toEqual(before)
    },
    LOAD_MS,
  )

  it(
    'grows when more is asked for',
    async () => {
      const { customers } = await load(CUSTOMERS + 2)
      expect(customers.slice(0, CUSTOMERS)).toEqual(cluster.demo.customers)
      expect(await counts()).toMatchObject([{ accounts: CUSTOMERS + 2 + MERCHANTS + 1, payments: CUSTOMERS + 2 }])
    },
    LOAD_MS,
  )

  it(
    'is not loaded into what was filled with another secret, or holds something else',
    async () => {
      await expect(load(CUSTOMERS, 'another secret of thirty-two letters')).rejects.toThrow('another cluster secret')
      await query(ownerUrl, "UPDATE clients SET name = 'somebody' WHERE name = 'demo'")
      await expect(load(CUSTOMERS)).rejects.toThrow('holds something else')
      await query(ownerUrl, "UPDATE clients SET name = 'demo' WHERE name = 'somebody'")
    },
    LOAD_MS,
  )
})

describe('npm run verify', () => {
  it(
    'passes while payments go on',
    async () => {
      const traffic = new PaymentTraffic(cluster, 8)
      try {
        await waitFor('payments', () => traffic.accepted.length > 100, { timeoutMs: LOAD_MS })
        const results = await verify(targetOf(cluster.settings))
        expect(results.filter((result) => !passed([result]))).toEqual([])
      } finally {
        await traffic.stop()
      }
    },
    2 * LOAD_MS,
  )

  it(
    'passes on a true cluster, and fails when one balance is wrong',
    async () => {
      const before = await verify(targetOf(cluster.settings))
      expect(before.filter((result) => !passed([result]))).toEqual([])
      expect(before.map(({ id }) => id)).toEqual(['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9', 'I10', 'I11'])
      await query(
        ownerUrl,
        `UPDATE account_balances SET posted = posted - 1
         WHERE account_id = (SELECT account_id FROM account_balances WHERE posted > 0 LIMIT 1)`,
      )
      const after = await verify(targetOf(cluster.settings))
      expect(passed(after)).toBe(false)
      expect(after.filter(({ state }) => state === 'violated').map(({ id }) => id)).toEqual(['I1', 'I2'])
    },
    LOAD_MS,
  )
})

// Last: 24,000 accounts more slow down what verifies them.
describe('a large demonstration', () => {
  it(
    'reaches demo.json whole',
    async () => {
      // Ids of 45 bytes: more than a MiB. Merchants cost half of what customers do.
      const merchants = 24_000
      const { secrets, url } = cluster
      const settings = settingsFrom({ ...cluster.settings, demo: { customers: CUSTOMERS, merchants } })
      const layout = layoutOf(settings)
      const large = await loadNativeDemo(settings, secrets, layout, url)
      expect(new Set(large.merchants).size).toBe(merchants)
      expect(large.merchants.slice(0, MERCHANTS)).toEqual(cluster.demo.merchants)
      expect(readDemo(layout.demo)).toEqual(large)
      expect(readdirSync(layout.state).filter((name) => name.startsWith('demo'))).toEqual(['demo.json'])
    },
    2 * LOAD_MS,
  )
})
