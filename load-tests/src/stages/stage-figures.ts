/** What k6's summary says of each stage of the measured time, of whole journeys, and of the rate that a profile can bear. */
import { z } from 'zod'
import type { Profile } from '../profiles/profile.ts'
import type { Percentiles } from '../report/percentile.ts'
import {
  FINAL_AFTER,
  JOURNEY_DURATION,
  measuredOf,
  stageAccepts,
  stageFailed,
  stageReads,
} from '../workload/metrics.ts'
import type { Workload } from '../workload/workload.ts'

const summarySchema = z.object({
  metrics: z.record(z.string(), z.object({ values: z.record(z.string(), z.number()) })),
})

/** One stage. Times in ms. */
export interface StageFigures {
  readonly name: string
  /** Users, or arrivals a second, at its end. */
  readonly level: number
  readonly requests: number
  readonly requestsPerS: number
  readonly failed: number
  /** Undefined when there were none. */
  readonly reads: Percentiles | undefined
  readonly accepts: Percentiles | undefined
  /** Whether the stage lasted as long as it was to. */
  readonly isWhole: boolean
}

/** The highest rate at which a profile's thresholds held. */
export interface Knee {
  /** Undefined when the first stage broke already. */
  readonly requestsPerS: number | undefined
  /** What broke next; undefined when nothing did, up to the highest rate. */
  readonly brokenBy: string | undefined
}

export interface Stages {
  /** Of a profile with one stage: none. */
  readonly stages: readonly StageFigures[]
  readonly knee: Knee | undefined
  /** Whole journeys without pauses, and from acceptance to the client's sight of the final state; in ms. */
  readonly journeys: Percentiles | undefined
  readonly finalAfter: Percentiles | undefined
}

/** A stage that fell behind its arrivals by more had all users in flight. */
const MIN_ARRIVALS_MET = 0.97

/**
 * @param json  k6's summary, as `handleSummary` hands it over
 * @param measuredS  how long the run measured
 * @throws ZodError when it is no summary
 */
export function readStages(json: unknown, profile: Profile, workload: Workload, measuredS: number): Stages {
  const { metrics } = summarySchema.parse(json)
  const trend = (metric: string): Percentiles | undefined => {
    const values = metrics[metric]?.values
    if (values === undefined || (values.count ?? 0) === 0) return undefined
    const at = (value: string): number => values[value] ?? 0
    return { count: at('count'), p50: at('med'), p95: at('p(95)'), p99: at('p(99)'), max: at('max') }
  }
  const planned = profile.shape(workload).stages
  let startS = 0
  const stages = planned.map(({ name, level, durationS }, stage): StageFigures => {
    const lastedS = Math.max(0, Math.min(durationS, measuredS - startS))
    startS += durationS
    const { passes = 0, fails = 0 } = metrics[stageFailed(stage)]?.values ?? {}
    const requests = passes + fails
    return {
      name,
      level,
      requests,
      requestsPerS: lastedS > 0 ? requests / lastedS : 0,
      // k6's rate of failures: a "pass" is a request that failed.
      failed: passes,
      reads: trend(stageReads(stage)),
      accepts: trend(stageAccepts(stage)),
      isWhole: measuredS >= startS - 0.5,
    }
  })
  const begun = stages.filter(({ requests }) => requests > 0)
  return {
    stages: planned.length === 1 ? [] : begun,
    knee: profile.knee === undefined ? undefined : kneeOf(begun, profile.knee),
    journeys: trend(measuredOf(JOURNEY_DURATION)),
    finalAfter: trend(measuredOf(FINAL_AFTER)),
  }
}

/** A stage that was cut short says nothing, unless something broke in it. */
function kneeOf(stages: readonly StageFigures[], limits: NonNullable<Profile['knee']>): Knee {
  let requestsPerS: number | undefined
  for (const stage of stages) {
    const broken = whatBroke(stage, limits)
    if (broken !== undefined) return { requestsPerS, brokenBy: `${stage.name}: ${broken}` }
    if (stage.isWhole) requestsPerS = stage.requestsPerS
  }
  return { requestsPerS, brokenBy: undefined }
}

function whatBroke(
  { level, requests, requestsPerS, failed, reads, accepts, isWhole }: StageFigures,
  { failedRate, readP95Ms = Infinity, acceptP95Ms = Infinity }: NonNullable<Profile['knee']>,
): string | undefined {
  if (failed / requests > failedRate) return `${((100 * failed) / requests).toFixed(2)} % failed`
  if (reads !== undefined && reads.p95 > readP95Ms) return `reads p95 ${reads.p95.toFixed(0)} ms`
  if (accepts !== undefined && accepts.p95 > acceptP95Ms) return `accepts p95 ${accepts.p95.toFixed(0)} ms`
  if (isWhole && requestsPerS < level * MIN_ARRIVALS_MET)
    return `${requestsPerS.toFixed(0)} of ${level} arrivals a second: every user waits for an answer`
  return undefined
}
