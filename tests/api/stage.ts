import { afterAll, beforeAll } from '@jest/globals'
import { CLUSTER_START_MS, startTestCluster, type TestCluster } from '@paycluster/testkit/test-cluster'

/** One for all tests of the folder, with everything that a cluster has by default. */
export let cluster: TestCluster

beforeAll(async () => {
  cluster = await startTestCluster({ counts: { eventServices: 1 } })
}, CLUSTER_START_MS)
afterAll(() => cluster.stop(), CLUSTER_START_MS)
