/**
 * A whole cluster of a test's own, on free ports and in a folder of its own, beside whatever else runs.
 *
 *     let cluster: TestCluster
 *     beforeAll(async () => { cluster = await startTestCluster() }, CLUSTER_START_MS)
 *     afterAll(() => cluster.stop())
 *     cluster.api.post('/v1/payments', …) · cluster.node('payment-worker-1').kill() · cluster.settings
 *
 * The services run from their builds, as in `npm start`. Its data is deleted with it.
 */
import { settingsFrom } from '@paycluster/cluster/settings/load-settings'
import type { Demo } from '@paycluster/cluster/demo'
import { takePortBlock } from '@paycluster/cluster/ports/port-block'
import type { RunningCluster } from '@paycluster/cluster/running-cluster'
import type { SettingsInput } from '@paycluster/cluster/settings'
import { startCluster } from '@paycluster/cluster/start-cluster'
import { ApiClient } from './api-client.ts'
import { makeTestFolder } from './test-folder.ts'

/** For `beforeAll`: a start takes 12 s on two idle cores. */
export const CLUSTER_START_MS = 120_000

export interface TestCluster extends RunningCluster {
  readonly demo: Demo
  /** Calls the API with the demo key. */
  readonly api: ApiClient
}

/** Starts a cluster with a small demo. @throws ClusterError that shows the end of the log of the node at fault */
export async function startTestCluster(overrides: SettingsInput = {}): Promise<TestCluster> {
  const folder = await makeTestFolder()
  const block = await takePortBlock()
  const settings = settingsFrom({
    demo: { customers: 40, merchants: 5 },
    kafka: { lifetime: 'short' },
    ...overrides,
    // A bank, and who listens, are for those who ask for them.
    counts: { bankSimulator: 0, eventServices: 0, ...overrides.counts },
    stateDir: folder.layout.state,
    ports: block.ports,
  })
  const remove = (): void => {
    folder.remove()
    block.release()
  }
  try {
    const cluster = await startCluster(settings)
    const { demo } = cluster
    if (demo === undefined) throw new Error('a test cluster has its demo accounts')
    const endAtOnce = (): void => {
      cluster.hurry()
    }
    process.once('exit', endAtOnce)
    return {
      ...cluster,
      demo,
      api: new ApiClient(cluster.url, demo.apiKey),
      async stop() {
        await cluster.stop()
        process.off('exit', endAtOnce)
        remove()
      },
    }
  } catch (error) {
    remove()
    throw error
  }
}
