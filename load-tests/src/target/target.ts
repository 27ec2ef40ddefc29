/** What a run aims at: the cluster of this checkout, or one known by its address alone. */
import { readFileSync } from 'node:fs'
import { clusterStatus, type NodeReport } from '@paycluster/cluster/cluster-status'
import { readDemo } from '@paycluster/cluster/demo'
import { layoutOf, type Layout } from '@paycluster/cluster/layout'
import { readSecrets, type Secrets } from '@paycluster/cluster/secrets'
import type { Settings } from '@paycluster/cluster/settings'
import { z } from 'zod'
import { LoadError } from '../load-error.ts'
import type { NodeProcess } from '../usage/snapshot.ts'
import type { Accounts } from '../workload/run-settings.ts'
import { listAccounts } from './list-accounts.ts'

/** A native cluster on this machine: its processes, its ledger and its log can be asked. */
export interface LocalCluster {
  readonly settings: Settings
  readonly layout: Layout
  readonly secrets: Secrets
  readonly processes: readonly NodeProcess[]
  /** Where the workers' metrics are: `host:port`. */
  readonly workers: readonly string[]
  /** Where inquiry-services' metrics are. */
  readonly readers: readonly string[]
}

export interface Target {
  readonly url: string
  readonly apiKey: string
  readonly accounts: Accounts
  /** Undefined: known by its address alone. */
  readonly cluster: LocalCluster | undefined
}

export interface TargetOptions {
  readonly url?: string
  readonly key?: string
  /** A file with `customers` and `merchants`, as `.cluster/demo.json` has them. */
  readonly accounts?: string
}

/** Demo accounts, and all that {@link listAccounts} looks for, are in dollars. */
const CURRENCY = 'USD'
const UP = 'npm run cluster -- up'

const accountsSchema = z.object({
  customers: z.array(z.string()).min(1),
  merchants: z.array(z.string()).min(1),
  currency: z.string().default(CURRENCY),
})

/**
 * Without options, the cluster of this checkout with its demo key and accounts.
 *
 * @param settings  of that cluster
 * @throws LoadError `not_ready`, `no_accounts`, `unreachable`, `unauthorized`
 */
export async function findTarget(settings: Settings, options: TargetOptions): Promise<Target> {
  const layout = layoutOf(settings)
  const demo = readDemo(layout.demo)
  const isLocal = options.url === undefined || options.url === demo?.url
  if (isLocal && demo === undefined)
    throw new LoadError('not_ready', `there is no ${layout.demo}: the cluster has not been started`, { remedy: UP })
  const url = options.url ?? demo?.url ?? ''
  const apiKey = options.key ?? (isLocal ? demo?.apiKey : undefined)
  if (apiKey === undefined)
    throw new LoadError('unauthorized', `a key for ${url} is needed`, { remedy: '--key sk_test_…' })
  const cluster = isLocal ? await findCluster(settings, layout) : undefined
  const accounts = await findAccounts(options.accounts, isLocal ? demo : undefined, url, apiKey)
  return { url, apiKey, accounts, cluster }
}

async function findCluster(settings: Settings, layout: Layout): Promise<LocalCluster> {
  const nodes = await clusterStatus(layout)
  const secrets = readSecrets(layout.secrets)
  if (nodes.length === 0 || secrets === undefined)
    throw new LoadError('not_ready', 'the cluster is not running', { remedy: UP })
  const unready = nodes.filter(({ state }) => state !== 'ready').map(({ node, state }) => `${node} is ${state}`)
  if (unready.length > 0)
    throw new LoadError('not_ready', `the cluster is not ready: ${unready.join(', ')}`, {
      remedy: 'npm run cluster -- status',
    })
  const addressesOf = (service: string): string[] =>
    nodes.filter(({ node }) => node.startsWith(service)).map(({ address }) => address)
  const [workers, readers] = [addressesOf('payment-worker'), addressesOf('inquiry-service')]
  return { settings, layout, secrets, processes: processesOf(nodes), workers, readers }
}

/** Those that run. */
export const processesOf = (nodes: readonly NodeReport[]): NodeProcess[] =>
  nodes.flatMap(({ node, pid }) => (pid === null ? [] : [{ node, pid }]))

async function findAccounts(
  path: string | undefined,
  demo: Omit<Accounts, 'currency'> | undefined,
  url: string,
  apiKey: string,
): Promise<Accounts> {
  if (path !== undefined) return readAccounts(path)
  if (demo !== undefined) return { currency: CURRENCY, customers: demo.customers, merchants: demo.merchants }
  return listAccounts(url, apiKey, CURRENCY)
}

function readAccounts(path: string): Accounts {
  try {
    return accountsSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (cause) {
    const options = { remedy: '{"customers": ["acc_…"], "merchants": ["acc_…"]}', cause }
    throw new LoadError('no_accounts', `${path} holds no accounts`, options)
  }
}
