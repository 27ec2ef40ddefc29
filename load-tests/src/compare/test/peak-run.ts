/** A run of `peak` as the suite left it, with twelve of its seconds, and runs that differ from it. For tests. */
import { loadText } from '@paycluster/platform/load-text'
import { summarySchema, timelineSchema, type Summary } from '../../report/summary-schema.ts'
import type { RunRecord, Side } from '../run-record.ts'

const summary = summarySchema.parse(JSON.parse(loadText(import.meta.url, './summary.json')))
const timeline = timelineSchema.parse(JSON.parse(loadText(import.meta.url, './timeline.json')))

export const PEAK: RunRecord = { summary, timeline }

export const peakWith = (changes: Partial<Summary>): RunRecord => ({ summary: { ...summary, ...changes }, timeline })

/** Runs that answered so many requests a second each, and are otherwise the same. */
export const sideOf = (name: string, ratesPerS: readonly number[]): Side => ({
  name,
  runs: ratesPerS.map((requestsPerS, index) => peakWith({ runId: `peak-${name}-${index}`, requestsPerS })),
})
