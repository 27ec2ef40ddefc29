/** A comparison for programs: its figures, and the runs by their ids. Pure. */
import type { Comparison } from './compare-sides.ts'
import type { Side } from './run-record.ts'

export const COMPARISON_SCHEMA = 1

export function comparisonJson({ a, b, figures, differences }: Comparison): object {
  const runsOf = ({ name, runs }: Side): object => ({ name, runs: runs.map(({ summary }) => summary.runId) })
  return { schema: COMPARISON_SCHEMA, a: runsOf(a), b: runsOf(b), differences, figures }
}
