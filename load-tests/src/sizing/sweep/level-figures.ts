/** What one run of the sweep comes to. Pure. */
import { z } from 'zod'
import { LoadError } from '../../load-error.ts'
import type { LoadReport } from '../../report/load-report.ts'
import { ALL_DURATION } from '../../workload/metrics.ts'
import type { Level } from '../measurements.ts'

/** The summary's means, which the report leaves out: its own figures are percentiles. */
const meansSchema = z.object({
  metrics: z.object({ [ALL_DURATION]: z.object({ values: z.object({ avg: z.number(), 'p(95)': z.number() }) }) }),
})

/**
 * @param k6Summary  as `handleSummary` hands it over
 * @param batches  transactions in which the run's payments were posted
 * @throws LoadError `load_failed` when the run was cut, or did not see the cluster's processes
 */
export function levelOf(report: LoadReport, k6Summary: unknown, batches: number): Level {
  const { workload, measuredS, clients, usage, calibration, settlement, verdict } = report
  const { after } = calibration
  if (report.cut || usage === undefined || after === undefined || settlement === undefined)
    throw new LoadError('load_failed', `the level of ${workload.users} users was not measured to its end`)
  const { avg, 'p(95)': p95 } = meansSchema.parse(k6Summary).metrics[ALL_DURATION].values
  const { measured } = clients
  const pay = measured.operations.find(({ operation }) => operation === 'pay')
  const reads = measured.reads?.count ?? 0
  return {
    users: workload.users,
    thinkS: workload.thinkS,
    runId: report.runId,
    measuredS,
    requestsPerS: report.requestsPerS,
    readsPerS: reads / measuredS,
    writesPerS: (pay?.count ?? 0) / measuredS,
    failed: clients.failed,
    meanMs: avg,
    p95Ms: p95,
    readP95Ms: measured.reads?.p95 ?? 0,
    acceptP95Ms: pay?.p95 ?? 0,
    commandsABatch: batches > 0 ? settlement.accepted / batches : 0,
    usage,
    calibration: { before: calibration.before, after },
    doubts: report.doubts.map(({ text }) => text),
    verdict: verdict.state,
  }
}
