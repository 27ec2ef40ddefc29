import { afterAll, beforeAll } from '@jest/globals'
import { CLUSTER_START_MS, startTestCluster, type TestCluster } from '@paycluster/testkit/test-cluster'

/** One for all faults: whatever was killed comes back, and the next test finds it whole. */
export let cluster: TestCluster

beforeAll(async () => {
  cluster = await startTestCluster({
    counts: { paymentWorker: 2 },
    // Less than by default: what is not bounded shows.
    services: { oldSpaceMb: 96 },
    supervision: { maxRestarts: 1000 },
  })
}, CLUSTER_START_MS)
afterAll(() => cluster.stop(), CLUSTER_START_MS)
