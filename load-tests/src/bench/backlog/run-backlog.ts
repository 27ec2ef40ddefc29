/**
 * How fast the workers drain a backlog:
 *
 *     workers stopped ──▶ commands written to the log ──▶ workers started ──▶ ledger's offsets watched ──▶ counted
 *
 * This is the write path's ceiling: whole batches, one hot merchant, two replicas and a quorum at every commit.
 */
import { clusterStatus } from '@paycluster/cluster/cluster-status'
import type { Layout } from '@paycluster/cluster/layout'
import { askSupervisor } from '@paycluster/cluster/supervisor/control-client'
import { brokerAddress } from '@paycluster/cluster/nodes/kafka'
import { databaseUrl } from '@paycluster/cluster/postgres/connection'
import { IdCodec, idToUuid } from '@paycluster/platform/ids/id-codec'
import pg from 'pg'
import { LoadError } from '../../load-error.ts'
import { processesOf, type LocalCluster } from '../../target/target.ts'
import { takeSnapshot, type Snapshot } from '../../usage/snapshot.ts'
import { usageBetween, type ClusterUsage } from '../../usage/tiers.ts'
import type { Accounts } from '../../workload/run-settings.ts'
import { backlogMessages, countBacklog, type BacklogCounts } from './backlog-commands.ts'
import { compareBacklog, readMerchant, type Comparison } from './check-backlog.ts'
import { postedCommands, rateOf, watchDrain, type DrainRate } from './drain.ts'
import { writeToLog } from './log-writer.ts'

export interface BacklogReport {
  readonly bench: 'backlog'
  readonly counts: BacklogCounts
  readonly durability: Durability
  readonly writeS: number
  readonly drain: DrainRate
  /** Payments with an id of their own, a second, from the first post to the last. */
  readonly committedPerS: number
  readonly comparisons: readonly Comparison[]
  readonly usage: ClusterUsage | undefined
}

interface Durability {
  readonly synchronous_standby_names: string
  readonly streamingReplicas: number
  readonly fsync: string
}

/** A worker posts what it has in hand before it stops. */
const WORKER_TIMEOUT_MS = 60_000

interface Bench {
  readonly cluster: LocalCluster
  readonly accounts: Accounts
  readonly payments: number
  readonly stop: AbortSignal
  readonly say: (what: string) => void
}

/** @throws LoadError `not_ready`, `unsettled` · ClusterError when a worker does not stop or start */
export async function runBacklog(bench: Bench): Promise<BacklogReport> {
  const { cluster } = bench
  const { secrets, settings } = cluster
  const client = new pg.Client({ connectionString: databaseUrl(secrets, 'monitor', settings.ports.primary) })
  client.on('error', () => undefined)
  await client.connect()
  const workers = cluster.processes.map(({ node }) => node).filter((node) => node.startsWith('payment-worker'))
  const all = (what: 'stop' | 'start'): Promise<unknown> =>
    Promise.all(workers.map((node) => askSupervisor(cluster.layout.control, { do: what, node }, WORKER_TIMEOUT_MS)))
  try {
    bench.say(`stopping ${workers.join(', ')}`)
    await all('stop')
    return await measure(bench, client, () => all('start'))
  } finally {
    // Whatever happened, the cluster is left as it was found: a worker that runs is not started twice.
    await all('start')
    await client.end()
  }
}

async function measure(bench: Bench, client: pg.Client, startWorkers: () => Promise<unknown>): Promise<BacklogReport> {
  const { cluster, accounts, payments, stop, say } = bench
  const merchant = accounts.merchants[0] ?? ''
  const codec = new IdCodec(cluster.secrets.clusterSecret)
  const counts = countBacklog(payments)
  const runId = `backlog-${Date.now()}`
  const clientNumber = await ownerOf(client, accounts.customers[0] ?? '')
  const plan = { ...accounts, runId, client: clientNumber, merchant, payments, nowMs: Date.now() }
  const before = await readMerchant(client, merchant)
  const postedBefore = await postedCommands(client)

  say(`writing ${counts.messages} commands to the log`)
  const writtenFromMs = performance.now()
  const end = await writeToLog(brokerAddress(cluster.settings), backlogMessages(codec, plan), stop)
  const writeS = (performance.now() - writtenFromMs) / 1000
  const ids = Array.from({ length: payments }, (_, index) => codec.derive('pay', clientNumber, `${runId}-${index}`))

  say('starting the workers')
  const usage = new DrainUsage(cluster.layout)
  const onFirst = (): void => {
    usage.begin()
  }
  const [looks] = await Promise.all([watchDrain(client, end, stop, onFirst), startWorkers()])
  const used = await usage.end(payments)
  say('comparing')
  const after = await readMerchant(client, merchant)
  const commands = (await postedCommands(client)) - postedBefore
  const drain = rateOf(looks)
  return {
    bench: 'backlog',
    counts,
    durability: await durabilityOf(client),
    writeS,
    drain,
    committedPerS: payments / drain.elapsedS,
    comparisons: await compareBacklog(client, ids, counts, { before, after }, commands),
    usage: used,
  }
}

/** What the cluster uses from the first post on: the workers' own start is not part of it. */
class DrainUsage {
  readonly #layout: Layout
  #before: Promise<Snapshot | undefined> | undefined

  constructor(layout: Layout) {
    this.#layout = layout
  }

  begin(): void {
    this.#before = this.#take()
  }

  async end(payments: number): Promise<ClusterUsage | undefined> {
    const before = await this.#before
    const after = await this.#take()
    if (before === undefined || after === undefined) return undefined
    return usageBetween(before, after, { request: 0, read: 0, write: payments })
  }

  async #take(): Promise<Snapshot | undefined> {
    return takeSnapshot(processesOf(await clusterStatus(this.#layout)))
  }
}

async function ownerOf(client: pg.Client, account: string): Promise<number> {
  const { rows } = await client.query<{ client_id: number }>('SELECT client_id FROM accounts WHERE id = $1::uuid', [
    idToUuid(account),
  ])
  const [owner] = rows
  if (owner === undefined) throw new LoadError('no_accounts', `the ledger has no account ${account}`)
  return owner.client_id
}

async function durabilityOf(client: pg.Client): Promise<Durability> {
  const { rows } = await client.query<Durability>(
    `SELECT current_setting('synchronous_standby_names') AS synchronous_standby_names,
       (SELECT count(*)::int FROM pg_stat_replication WHERE state = 'streaming') AS "streamingReplicas",
       current_setting('fsync') AS fsync`,
  )
  const [durability] = rows
  if (durability === undefined) throw new LoadError('load_failed', 'the primary does not tell its settings')
  return durability
}
