/** What the run was to keep to, and what it came to. */
import type { Thresholds } from '../workload/workload.ts'
import type { LoadReport } from './load-report.ts'

export interface ThresholdResult {
  readonly name: string
  readonly limit: string
  readonly actual: string
  /** `skipped`: not judged, for the reason that `actual` gives. */
  readonly state: 'pass' | 'fail' | 'skipped'
}

/** Goals are said and do not fail a run. */
export interface Goal {
  readonly name: string
  readonly limit: string
  readonly actual: string
  readonly met: boolean
}

const MAX_NODE_RSS_BYTES = 200 * 1024 * 1024
const MIB = 1024 * 1024
/** Nodes that are Node processes. */
const NODE_SERVICES = /^(payment-service|inquiry-service|payment-worker)-/

export function judgeThresholds(limits: Thresholds, report: LoadReport): ThresholdResult[] {
  const { clients, requestsPerS } = report
  const failedRate = clients.requests === 0 ? 1 : clients.failed / clients.requests
  const accepts = clients.measured.operations.find(({ operation }) => operation === 'pay')
  const appliedMs = report.committed?.p95Ms ?? report.settlement?.posted?.p95
  return [
    upTo('failed requests', limits.failedRate * 100, failedRate * 100, '%'),
    upTo('reads p95', limits.readP95Ms, clients.measured.reads?.p95, 'ms'),
    upTo('accepts p95', limits.acceptP95Ms, accepts?.p95, 'ms'),
    throughput(limits.requestsPerS, requestsPerS, report.asDefined),
    upTo('accepted → applied p95', limits.appliedP95Ms, appliedMs, 'ms'),
    upTo('versions backwards', 0, clients.versionsBackwards, ''),
    upTo('tokens not met', 0, clients.tokensNotMet, ''),
    upTo('malformed answers', 0, clients.malformed, ''),
  ].filter((result) => result !== undefined)
}

export function judgeGoals({ usage }: LoadReport): Goal[] {
  const services = usage?.memory.filter(({ node }) => NODE_SERVICES.test(node)) ?? []
  if (services.length === 0) return []
  const largest = services.reduce((most, one) => (one.rssBytes > most.rssBytes ? one : most))
  return [
    {
      name: 'memory of a service',
      limit: `≤ ${MAX_NODE_RSS_BYTES / MIB} MB`,
      actual: `${(largest.rssBytes / MIB).toFixed(0)} MB (${largest.node})`,
      met: largest.rssBytes <= MAX_NODE_RSS_BYTES,
    },
  ]
}

function upTo(
  name: string,
  limit: number | undefined,
  actual: number | undefined,
  unit: string,
): ThresholdResult | undefined {
  if (limit === undefined) return undefined
  const text = (value: number): string => `${Number(value.toFixed(2))} ${unit}`.trim()
  if (actual === undefined) return { name, limit: `≤ ${text(limit)}`, actual: 'nothing measured', state: 'skipped' }
  return { name, limit: `≤ ${text(limit)}`, actual: text(actual), state: actual <= limit ? 'pass' : 'fail' }
}

function throughput(limit: number | undefined, actual: number, asDefined: boolean): ThresholdResult | undefined {
  if (limit === undefined) return undefined
  const result = { name: 'throughput', limit: `≥ ${limit} req/s`, actual: `${actual.toFixed(0)} req/s` }
  if (!asDefined) return { ...result, actual: `${result.actual}; load changed by options`, state: 'skipped' }
  return { ...result, state: actual >= limit ? 'pass' : 'fail' }
}
