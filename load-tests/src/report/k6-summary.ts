/** k6's summary, as `handleSummary` hands it over, in this project's words. */
import { z } from 'zod'
import {
  ALL_DURATION,
  BODIES_CHECKED,
  durationOf,
  failedOf,
  MALFORMED,
  READ_DURATION,
  TOKENS_NOT_MET,
  TOKENS_SENT,
  VERSIONS_BACKWARDS,
} from '../workload/metrics.ts'
import { OPERATIONS, type Operation } from '../workload/workload.ts'
import type { Percentiles } from './percentile.ts'

const summarySchema = z.object({
  metrics: z.record(z.string(), z.object({ values: z.record(z.string(), z.number()) })),
})

/** Milliseconds, of measured requests. */
interface OperationFigures extends Percentiles {
  readonly operation: Operation
  readonly failed: number
}

/** What the clients themselves saw. Of the whole run, warm-up included, but for the figures that say `measured`. */
export interface ClientView {
  readonly requests: number
  readonly failed: number
  readonly measured: {
    readonly requests: number
    /** Undefined when there were none. */
    readonly reads: Percentiles | undefined
    /** Those that the mix has. */
    readonly operations: readonly OperationFigures[]
  }
  readonly versionsBackwards: number
  readonly tokensSent: number
  readonly tokensNotMet: number
  readonly malformed: number
  readonly bodiesChecked: number
}

/** @throws ZodError when it is no summary */
export function readSummary(json: unknown): ClientView {
  const { metrics } = summarySchema.parse(json)
  const valueOf = (metric: string, value: string): number => metrics[metric]?.values[value] ?? 0
  const trend = (metric: string): Percentiles | undefined => {
    const count = valueOf(metric, 'count')
    if (count === 0) return undefined
    const at = (value: string): number => valueOf(metric, value)
    return { count, p50: at('med'), p95: at('p(95)'), p99: at('p(99)'), max: at('max') }
  }
  return {
    requests: valueOf('http_reqs', 'count'),
    // k6's rate of failures: a "pass" is a request that failed.
    failed: valueOf('http_req_failed', 'passes'),
    measured: {
      requests: valueOf(ALL_DURATION, 'count'),
      reads: trend(READ_DURATION),
      operations: OPERATIONS.flatMap((operation) => {
        const figures = trend(durationOf(operation))
        return figures === undefined ? [] : [{ operation, ...figures, failed: valueOf(failedOf(operation), 'passes') }]
      }),
    },
    versionsBackwards: valueOf(VERSIONS_BACKWARDS, 'count'),
    tokensSent: valueOf(TOKENS_SENT, 'count'),
    tokensNotMet: valueOf(TOKENS_NOT_MET, 'count'),
    malformed: valueOf(MALFORMED, 'count'),
    bodiesChecked: valueOf(BODIES_CHECKED, 'count'),
  }
}
