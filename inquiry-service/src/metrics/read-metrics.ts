/** What reads, cache and nodes count, handed to Prometheus when it asks: a request pays for nothing but an addition. */
import { Counter, Gauge, type Registry } from 'prom-client'
import type { VersionedCache } from '@paycluster/platform/cache/versioned-cache'
import type { ReadRouter } from '@paycluster/platform/postgres/read-router'
import { lagBytes, lagMs } from '@paycluster/platform/postgres/replica-lag'
import type { ReadCounts } from '../reads/read-counts.ts'

export interface MeasuredParts {
  readonly cache: VersionedCache
  readonly router: ReadRouter
  readonly counts: ReadCounts
}

export function registerReadMetrics(registry: Registry, { cache, router, counts }: MeasuredParts): void {
  counter(registry, 'inquiry_reads_total', 'Reads of objects by what the cache had', 'outcome', () => ({
    hit: counts.hits,
    miss: counts.misses,
    below_token: counts.belowToken,
    below_floor: counts.belowFloor,
  }))
  counter(
    registry,
    'inquiry_refused_states_total',
    'States of nodes that were below a floor or a token',
    'end',
    () => ({
      read_again: counts.refused - counts.lagging,
      gave_up: counts.lagging,
    }),
  )
  counter(registry, 'inquiry_cache_entries_total', 'Entries of the cache by what became of them', 'outcome', () => ({
    read: cache.counts.reads,
    hit: cache.counts.hits,
    untrusted: cache.counts.untrusted,
    read_failed: cache.counts.failedReads,
    put: cache.counts.puts,
    put_refused: cache.counts.refused,
    put_failed: cache.counts.unwritten,
  }))
  counter(registry, 'inquiry_read_index_total', 'Read indexes asked of the primary', 'outcome', () => ({
    asked: router.counts.readIndexes,
    failed: router.counts.readIndexFailures,
  }))
  counter(registry, 'inquiry_node_reads_total', 'Queries by who answered', 'source', () => ({
    replica: router.counts.replicaReads,
    primary: router.counts.primaryReads,
    primary_refused: router.counts.primaryRefusals,
  }))
  counter(registry, 'inquiry_replica_waits_total', 'Queries that waited for a replica to catch up', 'end', () => ({
    caught_up: router.counts.waits - router.counts.waitsInVain,
    in_vain: router.counts.waitsInVain,
  }))
  gauge(registry, 'inquiry_cache_away', 'Whether Redis is away', 'part', () => ({ redis: cache.isAway ? 1 : 0 }))
  const nodes = [router.primary, ...router.replicas]
  const perNode = (read: (node: (typeof nodes)[number]) => number) => () =>
    Object.fromEntries(nodes.map((node) => [node.name, read(node)]))
  gauge(
    registry,
    'postgres_node_up',
    'Whether a node can be asked',
    'node',
    perNode((node) => (node.isUp ? 1 : 0)),
  )
  gauge(
    registry,
    'postgres_pool_connections',
    'Open connections',
    'node',
    perNode((node) => node.pool.totalCount),
  )
  gauge(
    registry,
    'postgres_pool_waiting',
    'Waiting queries',
    'node',
    perNode((node) => node.pool.waitingCount),
  )
  // Of one that is not connected nobody knows how far it is.
  const perReplica = (read: (replica: (typeof router.replicas)[number]) => number) => () =>
    Object.fromEntries(
      router.replicas.filter(({ replayedLsn }) => replayedLsn > 0n).map((replica) => [replica.name, read(replica)]),
    )
  gauge(
    registry,
    'postgres_replica_lag_bytes',
    'Log that the primary has on disk and a replica has not replayed',
    'node',
    perReplica((replica) => lagBytes(router.primary, replica)),
  )
  gauge(
    registry,
    'postgres_replica_lag_seconds',
    'For how long something is missing on a replica',
    'node',
    perReplica((replica) => lagMs(router.primary, replica) / 1000),
  )
}

function counter(registry: Registry, name: string, help: string, label: string, read: () => Counts): void {
  new Counter({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    collect() {
      this.reset()
      for (const [value, count] of Object.entries(read())) this.inc({ [label]: value }, count)
    },
  })
}

function gauge(registry: Registry, name: string, help: string, label: string, read: () => Counts): void {
  new Gauge({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    collect() {
      this.reset()
      for (const [value, count] of Object.entries(read())) this.set({ [label]: value }, count)
    },
  })
}

type Counts = Readonly<Record<string, number>>
