/**
 * Starts a whole cluster and supervises it from this process.
 *
 *     tools ─▶ jars ─▶ ports, leftovers, state folder
 *       ├─▶ PostgreSQL primary ─▶ replicas (copied at first) ─▶ migrations ─┐
 *       ├─▶ Kafka (formatted at first) ─▶ topics ───────────────────────────┼─▶ worker and services ─▶ gateway ─▶ demo ─▶ traffic
 *       └─▶ Redis ──────────────────────────────────────────────────────────┘
 *
 * Whatever fails or is aborted on the way, what was started is stopped, and a first start that was cut leaves no half
 * made data behind.
 */
import { mkdirSync, rmSync } from 'node:fs'
import { checkPorts } from './ports/check-ports.ts'
import { loadDemo } from './demo.ts'
import { isInitialised, markInitialised } from './initialised-marker.ts'
import { installKafkaJars } from './install/kafka-jars.ts'
import { installTools } from './install/system-tools.ts'
import { layoutOf, type Layout } from './layout.ts'
import { removeAuthenticationCache } from './nodes/authentication-cache.ts'
import { bankNodes } from './nodes/bank-simulator.ts'
import { gatewayNode, gatewayUrl } from './nodes/gateway.ts'
import { serviceNodes } from './nodes/service.ts'
import { trafficNodes } from './nodes/traffic-generator.ts'
import type { OnProgress } from './progress/progress.ts'
import { removeData } from './remove-state.ts'
import { findNode, statusOf, type RunningCluster } from './running-cluster.ts'
import { loadOrMakeSecrets, type Secrets } from './secrets.ts'
import type { Settings } from './settings.ts'
import { Starter } from './starter.ts'
import { makeFolders } from './state-folder.ts'
import { startKafka, startPostgres, startRedis } from './start-stores.ts'
import { takeLock } from './supervisor/cluster-lock.ts'
import type { NodeStatus } from './supervisor/control.ts'
import { refuseLeftovers } from './supervisor/leftovers.ts'
import { sweepMemory } from './sweep-memory.ts'
import { throwIfAborted } from './wait.ts'

export interface StartOptions {
  readonly onProgress?: OnProgress
  /** Told when a node ends by itself or is back. */
  readonly onEvent?: (node: string, what: string) => void
  /** Ends the start: what runs is stopped, then `aborted` is thrown. */
  readonly signal?: AbortSignal
  /** Told before anything is started, once the state folder is this process's own. */
  readonly onStarting?: (starting: StartingCluster) => Promise<void> | void
}

/** A cluster on its way. */
export interface StartingCluster {
  readonly layout: Layout
  /** The nodes so far. */
  status(): NodeStatus[]
  /** Ends all nodes at once, with nothing in order. */
  hurry(): void
}

/**
 * @returns when every node is ready
 * @throws ClusterError of any kind, with nothing left running
 */
export async function startCluster(settings: Settings, options: StartOptions = {}): Promise<RunningCluster> {
  const layout = layoutOf(settings)
  makeFolders(layout)
  const unlock = takeLock(layout.lock)
  const starter = new Starter(settings, layout, options)
  try {
    refuseLeftovers(layout)
    await options.onStarting?.({
      layout,
      status: () => starter.nodes.map(statusOf),
      hurry: () => {
        starter.hurry()
      },
    })
    const fresh = !isInitialised(layout)
    try {
      return await startNodes(starter, fresh, unlock)
    } catch (error) {
      await starter.stopAll()
      removeAuthenticationCache(layout)
      if (fresh && !isMarked(layout)) removeData(layout)
      // Whatever an abort made fail first.
      throwIfAborted(options.signal)
      throw error
    }
  } catch (error) {
    unlock()
    throw error
  }
}

async function startNodes(starter: Starter, fresh: boolean, unlock: () => void): Promise<RunningCluster> {
  const { settings, layout, signal } = starter
  await starter.step('system tools', async () => {
    const installed = await installTools(layout)
    return installed.length === 0 ? 'all there' : `installed ${installed.join(', ')}`
  })
  throwIfAborted(signal)
  await starter.step('Kafka jars', async () => ((await installKafkaJars(layout, signal)) ? 'downloaded' : 'all there'))
  await checkPorts(settings)
  sweepMemory()
  mkdirSync(layout.kafka, { recursive: true })
  const secrets = loadOrMakeSecrets(layout.secrets)

  await starter.together([startPostgres(starter, secrets, fresh), startKafka(starter, fresh), startRedis(starter)])
  if (fresh) markInitialised(layout)
  await startServices(starter, secrets)
  const url = gatewayUrl(settings)
  const demo = await startDemo(starter, secrets, url)
  for (const plan of trafficNodes(settings, layout)) await starter.start(plan)
  const { nodes } = starter
  return {
    settings,
    layout,
    secrets,
    nodes,
    url,
    demo,
    node: (name) => findNode(nodes, name),
    status: () => nodes.map(statusOf),
    stop: async () => {
      await starter.stopAll()
      removeAuthenticationCache(layout)
      unlock()
    },
    hurry: () => {
      starter.hurry()
    },
  }
}

async function startServices(starter: Starter, secrets: Secrets): Promise<void> {
  const { settings, layout } = starter
  const plans = [...bankNodes(settings, secrets, layout), ...serviceNodes(settings, secrets, layout)]
  await starter.together(plans.map((plan) => starter.start(plan)))
  await starter.start(gatewayNode(settings, layout))
}

async function startDemo(starter: Starter, secrets: Secrets, url: string): Promise<RunningCluster['demo']> {
  const { settings, layout, signal } = starter
  if (!settings.demo.load) {
    rmSync(layout.demo, { force: true })
    return undefined
  }
  let demo: RunningCluster['demo']
  await starter.step('demo accounts', async () => {
    demo = await loadDemo(settings, secrets, layout, url, signal)
    return `${demo.customers.length} customers, ${demo.merchants.length} merchants`
  })
  return demo
}

function isMarked(layout: Layout): boolean {
  try {
    return isInitialised(layout)
  } catch {
    return false
  }
}
