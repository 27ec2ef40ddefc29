import type { ThresholdResult } from '../report/judge-thresholds.ts'
import type { Thresholds } from '../workload/workload.ts'
import type { Stages } from './stage-figures.ts'

/** The thresholds of journeys and of the knee. */
export function judgeStages({ journeyP95Ms }: Thresholds, { journeys, knee }: Stages): ThresholdResult[] {
  const results: ThresholdResult[] = []
  if (journeyP95Ms !== undefined) {
    const limit = `≤ ${journeyP95Ms} ms`
    results.push(
      journeys === undefined
        ? { name: 'journeys p95', limit, actual: 'nothing measured', state: 'skipped' }
        : {
            name: 'journeys p95',
            limit,
            actual: `${Number(journeys.p95.toFixed(2))} ms`,
            state: journeys.p95 <= journeyP95Ms ? 'pass' : 'fail',
          },
    )
  }
  if (knee !== undefined) {
    const { requestsPerS, brokenBy } = knee
    const held = requestsPerS === undefined ? 'none' : `${requestsPerS.toFixed(0)} req/s`
    const state = requestsPerS === undefined ? 'fail' : brokenBy === undefined ? 'skipped' : 'pass'
    const actual = brokenBy === undefined ? `${held} held, nothing broke: a higher --rate` : `${held}; then ${brokenBy}`
    results.push({ name: 'knee', limit: 'a rate that holds', actual, state })
  }
  return results
}
