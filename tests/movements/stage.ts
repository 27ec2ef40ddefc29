import { afterAll, afterEach, beforeAll } from '@jest/globals'
import { CLUSTER_START_MS, startTestCluster, type TestCluster } from '@paycluster/testkit/test-cluster'
import { waitFor } from '@paycluster/testkit/wait-for'

const WORKERS = ['payment-worker-1', 'payment-worker-2']
const RESTART_MS = 60_000

/** One for all tests of the folder. */
export let cluster: TestCluster

beforeAll(async () => {
  cluster = await startTestCluster({
    counts: { replicas: 1, inquiryService: 1, paymentWorker: 2 },
    supervision: { maxRestarts: 1000 },
  })
}, CLUSTER_START_MS)
afterAll(() => cluster.stop(), CLUSTER_START_MS)

/** Both, in whatever they are doing. They are started again by themselves, and the next test finds them ready. */
export async function killWorkers(): Promise<void> {
  for (const worker of WORKERS) await cluster.node(worker).kill('SIGKILL')
}

afterEach(async () => {
  const areReady = (): boolean => WORKERS.every((worker) => cluster.node(worker).state === 'ready')
  await waitFor('the workers to be ready', areReady, { timeoutMs: RESTART_MS })
}, RESTART_MS)
