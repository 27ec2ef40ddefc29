/**
 * How fast the workers drain a backlog:
 *
 *     workers stopped ──▶ commands written to the log ──▶ workers started ──▶ ledger's offsets, and the log of events
 *     where they are asked for, watched ──▶ counted
 *
 * This is the write path's ceiling: whole batches, one hot merchant, two replicas and a quorum at every commit.
 */
import { clusterStatus } from '@paycluster/cluster/cluster-status'
import type { Layout } from '@paycluster/cluster/layout'
import { brokerAddress } from '@paycluster/cluster/nodes/kafka'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import type pg from 'pg'
import { processesOf, type LocalCluster } from '../../target/target.ts'
import { takeSnapshot, type Snapshot } from '../../usage/snapshot.ts'
import { usageBetween, type ClusterUsage } from '../../usage/tiers.ts'
import type { Accounts } from '../../workload/run-settings.ts'
import { durabilityOf, openMonitor, ownerOf, type Durability } from '../common/monitor.ts'
import { tellWorkers } from '../common/workers.ts'
import { backlogMessages, countBacklog, type BacklogCounts } from './backlog-commands.ts'
import { compareBacklog, readMerchant, type Comparison } from './check-backlog.ts'
import { postedCommands, rateOf, watchDrain, type DrainRate, type Look } from './drain.ts'
import { EventLog } from './event-log.ts'
import { writeToLog } from './log-writer.ts'

export interface BacklogReport {
  readonly bench: 'backlog'
  readonly counts: BacklogCounts
  readonly durability: Durability
  readonly writeS: number
  readonly drain: DrainRate
  /** Payments with an id of their own, a second, from the first post to the last. */
  readonly committedPerS: number
  /** The same, from the first post to the last event; undefined where events were not watched. */
  readonly publishedPerS: number | undefined
  readonly comparisons: readonly Comparison[]
  readonly usage: ClusterUsage | undefined
}

export interface BacklogBench {
  readonly cluster: LocalCluster
  readonly accounts: Accounts
  readonly payments: number
  /**
   * `posted`: until the ledger has all, with some commands on the log twice. `published`: until all events are out, each
   * command once, as one that comes again has its event published again.
   */
  readonly until: 'posted' | 'published'
  /** What else has to be there before the workers start. */
  readonly makeReady?: () => Promise<void>
  readonly stop: AbortSignal
  readonly say: (what: string) => void
}

/** @throws LoadError `not_ready`, `unsettled` · ClusterError when a worker does not stop or start */
export async function runBacklog(bench: BacklogBench): Promise<BacklogReport> {
  const { cluster, until } = bench
  const monitor = await openMonitor(cluster)
  let events: EventLog | undefined
  try {
    bench.say('stopping the workers')
    await tellWorkers(cluster, 'stop')
    events = until === 'published' ? await EventLog.open(cluster) : undefined
    return await measure(bench, monitor, events)
  } finally {
    // Whatever happened, the cluster is left as it was found.
    await tellWorkers(cluster, 'start')
    await events?.close()
    await monitor.end()
  }
}

async function measure(bench: BacklogBench, monitor: pg.Client, events: EventLog | undefined): Promise<BacklogReport> {
  const { cluster, accounts, payments, until, stop, say } = bench
  const merchant = accounts.merchants[0] ?? ''
  const codec = new IdCodec(cluster.secrets.clusterSecret)
  const runId = `backlog-${Date.now()}`
  const client = await ownerOf(monitor, accounts.customers[0] ?? '')
  const isRepeating = until === 'posted'
  const plan = { ...accounts, runId, client, merchant, payments, isRepeating, nowMs: Date.now() }
  const counts = countBacklog(plan)
  const before = await readMerchant(monitor, merchant)
  const postedBefore = await postedCommands(monitor)

  say(`writing ${counts.messages} commands to the log`)
  const writtenFromMs = performance.now()
  const end = await writeToLog(brokerAddress(cluster.settings), backlogMessages(codec, plan), stop)
  const writeS = (performance.now() - writtenFromMs) / 1000
  const ids = Array.from({ length: payments }, (_, index) => codec.derive('pay', client, `${runId}-${index}`))

  await bench.makeReady?.()
  say('starting the workers')
  const usage = new DrainUsage(cluster.layout)
  const onFirst = (): void => {
    usage.begin()
  }
  const [looks, publishedLooks] = await Promise.all([
    watchDrain(() => postedCommands(monitor), end, stop, onFirst),
    events && watchDrain(() => events.published(), payments, stop),
    tellWorkers(cluster, 'start'),
  ])
  const used = await usage.end(payments)
  say('comparing')
  const after = await readMerchant(monitor, merchant)
  const commands = (await postedCommands(monitor)) - postedBefore
  const drain = rateOf(looks)
  return {
    bench: 'backlog',
    counts,
    durability: await durabilityOf(monitor),
    writeS,
    drain,
    committedPerS: payments / drain.elapsedS,
    publishedPerS: publishedLooks && payments / secondsBetween(looks[0], publishedLooks.at(-1)),
    comparisons: [
      ...(await compareBacklog(monitor, ids, counts, { before, after }, commands)),
      ...((await events?.compare(ids, counts)) ?? []),
    ],
    usage: used,
  }
}

const secondsBetween = (from: Look | undefined, to: Look | undefined): number =>
  ((to?.atMs ?? NaN) - (from?.atMs ?? NaN)) / 1000

/** Whether ledger and log hold exactly what they have to. */
export const isExact = ({ comparisons }: Pick<BacklogReport, 'comparisons'>): boolean =>
  comparisons.every(({ expected, found }) => expected === found)

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
    return takeSnapshot([...processesOf(await clusterStatus(this.#layout)), { node: 'bench', pid: process.pid }])
  }
}
