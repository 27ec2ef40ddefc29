/** Writes down what a run came to: for programs, for people, and second by second. */
import { writeFileSync } from 'node:fs'
import type { RunFolder } from '../run-folder.ts'
import { renderReport } from './html/render-report.ts'
import type { Goal, ThresholdResult } from './judge-thresholds.ts'
import type { LoadReport } from './load-report.ts'
import { SUMMARY_SCHEMA, type Summary, type TimelineFile } from './summary-schema.ts'

export function writeReports(
  { timeline, ...report }: LoadReport,
  thresholds: readonly ThresholdResult[],
  goals: readonly Goal[],
  folder: RunFolder,
): void {
  const summary: Summary = { schema: SUMMARY_SCHEMA, ...report, thresholds, goals }
  const timelineFile: TimelineFile = { schema: SUMMARY_SCHEMA, ...timeline }
  writeFileSync(folder.summary, `${JSON.stringify(summary, null, 2)}\n`)
  writeFileSync(folder.timeline, `${JSON.stringify(timelineFile)}\n`)
  writeFileSync(folder.html, renderReport(summary, timelineFile))
}
