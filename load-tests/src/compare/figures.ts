/** The figures of one run that a comparison lays side by side. Pure. */
import { percentilesOf } from '../report/percentile.ts'
import { clusterMicros } from '../report/cluster-micros.ts'
import type { Panel } from '../timeline/panels.ts'
import type { RunRecord } from './run-record.ts'

export interface Figure {
  readonly group: Group
  /** Within its group. */
  readonly name: string
  readonly unit: string
  readonly better: 'higher' | 'lower'
  readonly value: number
}

export const GROUPS = ['load', 'latency', 'applied', 'CPU', 'memory'] as const
export type Group = (typeof GROUPS)[number]

const MIB = 1024 * 1024

/** Those that the run measured, in the order in which they are shown. */
export const figuresOf = (run: RunRecord): Figure[] => [
  ...loadFigures(run),
  ...latencyFigures(run),
  ...appliedFigures(run),
  ...usageFigures(run),
]

function loadFigures({ summary: { requestsPerS, clients, settlement } }: RunRecord): Figure[] {
  const failedPercent = clients.requests === 0 ? undefined : (clients.failed / clients.requests) * 100
  return [
    ...figure('load', 'requests', 'req/s', requestsPerS, 'higher'),
    ...figure('load', 'failed', '%', failedPercent),
    ...figure('load', 'committed', 'payments/s', settlement?.committedPerS, 'higher'),
  ]
}

function latencyFigures({ summary: { clients } }: RunRecord): Figure[] {
  const { reads, operations } = clients.measured
  const all = [...(reads === undefined ? [] : [{ operation: 'all reads', ...reads }]), ...operations]
  return all.flatMap(({ operation, p50, p95, p99 }) => [
    ...figure('latency', `${operation} p50`, 'ms', p50),
    ...figure('latency', `${operation} p95`, 'ms', p95),
    ...figure('latency', `${operation} p99`, 'ms', p99),
  ])
}

function appliedFigures(run: RunRecord): Figure[] {
  const { committed, settlement } = run.summary
  return [
    ...figure('applied', 'accepted → applied p50', 'ms', committed?.p50Ms),
    ...figure('applied', 'accepted → applied p95', 'ms', committed?.p95Ms),
    ...figure('applied', 'accepted → applied p99', 'ms', committed?.p99Ms),
    ...figure('applied', 'drained after', 's', settlement?.drainS),
    ...figure('applied', 'consumer lag p95', 'commands', p95OfSeconds(run, 'backlog')),
    ...figure('applied', 'replica lag p95', 'ms', p95OfSeconds(run, 'lag_ms')),
  ]
}

function usageFigures({ summary }: RunRecord): Figure[] {
  const { usage } = summary
  if (usage === undefined) return []
  return [
    ...figure('CPU', 'cluster', 'µs/request', clusterMicros(summary)),
    ...usage.tiers.flatMap(({ tier, unit, microsPerUnit }) => figure('CPU', tier, `µs/${unit}`, microsPerUnit)),
    ...usage.tiers.flatMap(({ tier, rssBytes }) => figure('memory', tier, 'MB', rssBytes / MIB)),
  ]
}

/** None when it was not measured. */
const figure = (
  group: Group,
  name: string,
  unit: string,
  value: number | undefined,
  better: Figure['better'] = 'lower',
): Figure[] => (value === undefined || !Number.isFinite(value) ? [] : [{ group, name, unit, better, value }])

/** Of the measured seconds, of all series of the panel: the second that 95 of 100 stay below. */
function p95OfSeconds({ timeline }: RunRecord, panel: Panel): number | undefined {
  const { measured } = timeline ?? {}
  if (timeline === undefined || measured === undefined) return undefined
  const isMeasured = timeline.atS.map((atS) => atS > measured.fromS && atS <= measured.toS)
  const values = timeline.series
    .filter((series) => series.panel === panel)
    .flatMap((series) => series.values.filter((value, second) => value !== null && isMeasured[second] === true))
  return percentilesOf(values.filter((value) => value !== null))?.p95
}
