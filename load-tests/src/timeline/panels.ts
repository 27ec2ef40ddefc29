/** What a timeline is made of, and how it is told from counts. Pure. */
import { histogramPercentile, observedBetween } from '../applied/histogram.ts'
import { usageBetween } from '../usage/tiers.ts'
import { OPERATIONS } from '../workload/workload.ts'
import type { ClientCounts } from './client-stream.ts'
import type { ClusterSample } from './cluster-sample.ts'
import { mergeHistograms, observedSince, percentileOf, type NativeHistogram } from './native-histogram.ts'

/** Every panel with its unit, in the order of the report. */
export const PANELS = {
  rate: { title: 'Requests a second', unit: 'req/s' },
  reads: { title: 'Latency of reads', unit: 'ms' },
  accepts: { title: 'Latency of accepts', unit: 'ms' },
  operations: { title: 'p95 by operation', unit: 'ms' },
  errors: { title: 'Failed requests', unit: 'req/s' },
  applied: { title: 'Accepted → applied', unit: 'ms' },
  backlog: { title: 'Consumer lag', unit: 'commands' },
  lag_bytes: { title: 'Replica lag, in bytes', unit: 'B' },
  lag_ms: { title: 'Replica lag, in time', unit: 'ms' },
  cache: { title: 'Cache hit rate', unit: '%' },
  cpu: { title: 'CPU by tier', unit: 'cores' },
  memory: { title: 'Memory by tier', unit: 'MB' },
  users: { title: 'Virtual users', unit: 'users' },
} as const
export type Panel = keyof typeof PANELS

export interface Value {
  readonly panel: Panel
  readonly name: string
  readonly value: number
}

const MIB = 1024 * 1024
const PERCENTILES = [
  ['p50', 0.5],
  ['p95', 0.95],
  ['p99', 0.99],
] as const

/** What clients saw between two messages of k6. */
export function clientValues(before: ClientCounts | undefined, after: ClientCounts): Value[] {
  const users: Value = { panel: 'users', name: 'users', value: after.users }
  if (before === undefined) return [users]
  const elapsedS = (after.atMs - before.atMs) / 1000
  const byOperation = OPERATIONS.flatMap((operation) => {
    const now = after.byOperation.get(operation)
    if (now === undefined) return []
    const then = before.byOperation.get(operation)
    const requests = now.requests - (then?.requests ?? 0)
    const failed = now.failed - (then?.failed ?? 0)
    const durations = now.durations && observedSince(then?.durations, now.durations)
    return requests > 0 ? [{ operation, requests, failed, durations }] : []
  })
  const all = byOperation.reduce((sum, { requests }) => sum + requests, 0)
  const reads = mergeHistograms(
    byOperation.flatMap(({ operation, durations }) => (operation === 'pay' ? [] : (durations ?? []))),
  )
  const accepts = byOperation.find(({ operation }) => operation === 'pay')?.durations
  const dropped = after.dropped - before.dropped
  return [
    users,
    { panel: 'rate', name: 'all', value: all / elapsedS },
    ...byOperation.flatMap(({ operation, requests, failed, durations }): Value[] => {
      const p95 = durations && percentileOf(durations, 0.95)
      return [
        { panel: 'rate', name: operation, value: requests / elapsedS },
        { panel: 'errors', name: operation, value: failed / elapsedS },
        ...(p95 === undefined ? [] : [{ panel: 'operations', name: operation, value: p95 * 1000 } as const]),
      ]
    }),
    ...(dropped > 0 ? [{ panel: 'errors', name: 'not begun', value: dropped / elapsedS } as const] : []),
    ...percentiles('reads', reads),
    ...percentiles('accepts', accepts),
  ]
}

function percentiles(panel: Panel, seconds: NativeHistogram | undefined): Value[] {
  if (seconds === undefined) return []
  return PERCENTILES.flatMap(([name, share]) => {
    const value = percentileOf(seconds, share)
    return value === undefined ? [] : [{ panel, name, value: value * 1000 }]
  })
}

/** What the cluster did between two looks at it, and how it stands at the second. */
export function clusterValues(before: ClusterSample | undefined, after: ClusterSample): Value[] {
  return [...standing(after), ...(before === undefined ? [] : between(before, after))]
}

function standing({ ledger }: ClusterSample): Value[] {
  if (ledger === undefined) return []
  const { standbys, waitingCommands } = ledger
  return [
    ...(waitingCommands === undefined ? [] : [{ panel: 'backlog', name: 'commands', value: waitingCommands } as const]),
    ...standbys.flatMap(({ name, lag_bytes, lag_ms }): Value[] => [
      { panel: 'lag_bytes', name, value: lag_bytes },
      { panel: 'lag_ms', name, value: lag_ms ?? 0 },
    ]),
  ]
}

function between(before: ClusterSample, after: ClusterSample): Value[] {
  const elapsedS = (after.atMs - before.atMs) / 1000
  const values: Value[] = []
  const posted = difference(before.posted, after.posted)
  if (posted !== undefined) values.push({ panel: 'rate', name: 'posted', value: posted / elapsedS })
  const reads = difference(before.reads, after.reads)
  const hits = difference(before.hits, after.hits)
  if (reads !== undefined && hits !== undefined && reads > 0)
    values.push({ panel: 'cache', name: 'hits', value: (hits / reads) * 100 })
  const applied = before.applied && after.applied && observedBetween(before.applied, after.applied)
  if (applied !== undefined)
    for (const [name, share] of PERCENTILES)
      values.push({ panel: 'applied', name, value: histogramPercentile(applied, share) * 1000 })
  if (before.usage !== undefined && after.usage !== undefined) {
    const { tiers, otherCores } = usageBetween(before.usage, after.usage, { request: 0, read: 0, write: 0 })
    for (const { tier, cores, rssBytes } of tiers) {
      values.push({ panel: 'cpu', name: tier, value: cores }, { panel: 'memory', name: tier, value: rssBytes / MIB })
    }
    values.push({ panel: 'cpu', name: 'others', value: otherCores })
  }
  return values
}

/** Undefined when a service did not answer, or began anew. */
const difference = (before: number | undefined, after: number | undefined): number | undefined =>
  before === undefined || after === undefined || after < before ? undefined : after - before
