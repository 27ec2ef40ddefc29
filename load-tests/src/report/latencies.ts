/** How long measured requests took, as a histogram an operation. Pure. */
import { boundOf, type NativeHistogram } from '../timeline/native-histogram.ts'
import type { Operation } from '../workload/workload.ts'

export interface OperationLatencies {
  readonly operation: Operation
  /** Ascending; buckets that hold nothing are left out. */
  readonly buckets: readonly { readonly fromMs: number; readonly toMs: number; readonly count: number }[]
}

/** @param durations  in seconds */
export const latenciesOf = (durations: ReadonlyMap<Operation, NativeHistogram>): OperationLatencies[] =>
  [...durations].map(([operation, { schema, buckets }]) => ({
    operation,
    buckets: [...buckets]
      .sort(([a], [b]) => a - b)
      .map(([index, count]) => ({
        fromMs: toMs(boundOf(schema, index - 1)),
        toMs: toMs(boundOf(schema, index)),
        count,
      })),
  }))

/** To the microsecond. */
const toMs = (seconds: number): number => Number((seconds * 1000).toFixed(3))
