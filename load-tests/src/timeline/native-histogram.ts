/**
 * Prometheus' native histograms: buckets whose bounds grow by a constant factor, only those that hold something. Pure.
 *
 * Bucket `i` of schema `s` holds what is above 2^((i-1)/2^s) and at most 2^(i/2^s): with schema 3, each is 9 % wider than
 * the one before, so that a percentile is at most 4.5 % off.
 * https://prometheus.io/docs/specs/native_histograms/
 */

export interface NativeHistogram {
  readonly schema: number
  readonly count: number
  /** In the unit of what was observed. */
  readonly sum: number
  /** Observations of zero. */
  readonly zeros: number
  /** Observations by bucket, not added up. */
  readonly buckets: ReadonlyMap<number, number>
}

export interface Span {
  /** From the end of the span before; the first one's from bucket 0. */
  readonly offset: number
  readonly length: number
}

/** Buckets as they are sent: runs of neighbours, and each count as its difference to the one before. */
export function bucketsOf(spans: readonly Span[], deltas: readonly number[]): Map<number, number> {
  const buckets = new Map<number, number>()
  let index = 0
  let count = 0
  let position = 0
  for (const { offset, length } of spans) {
    index += offset
    for (let step = 0; step < length; step++) {
      count += deltas[position++] ?? 0
      if (count > 0) buckets.set(index, count)
      index++
    }
  }
  return buckets
}

const combine = (a: NativeHistogram, b: NativeHistogram, sign: 1 | -1): NativeHistogram => {
  const buckets = new Map(a.buckets)
  for (const [index, count] of b.buckets) {
    const left = (buckets.get(index) ?? 0) + sign * count
    if (left === 0) buckets.delete(index)
    else buckets.set(index, left)
  }
  return {
    schema: a.schema,
    count: a.count + sign * b.count,
    sum: a.sum + sign * b.sum,
    zeros: a.zeros + sign * b.zeros,
    buckets,
  }
}

/** What was observed between two states of one histogram; undefined when it began anew in between. */
export function observedSince(
  before: NativeHistogram | undefined,
  after: NativeHistogram,
): NativeHistogram | undefined {
  if (before === undefined) return after
  if (after.count < before.count || after.schema !== before.schema) return undefined
  return combine(after, before, -1)
}

/** Several as one; undefined when there are none, or their buckets differ in width. */
export function mergeHistograms(histograms: readonly NativeHistogram[]): NativeHistogram | undefined {
  const [first, ...rest] = histograms
  if (first === undefined || rest.some(({ schema }) => schema !== first.schema)) return undefined
  return rest.reduce((sum, one) => combine(sum, one, 1), first)
}

/** The upper bound of a bucket; that of the one before is its lower bound. */
export const boundOf = (schema: number, index: number): number => 2 ** (index / 2 ** schema)

/**
 * A percentile, interpolated within its bucket along the logarithm, as Prometheus does it.
 *
 * @param share  0 to 1
 * @returns undefined when nothing was observed
 */
export function percentileOf({ schema, count, zeros, buckets }: NativeHistogram, share: number): number | undefined {
  if (count <= 0) return undefined
  const rank = share * count
  let below = zeros
  if (rank <= below) return 0
  let last = 0
  for (const [index, inBucket] of [...buckets].sort(([a], [b]) => a - b)) {
    last = boundOf(schema, index)
    if (below + inBucket >= rank) {
      const lower = boundOf(schema, index - 1)
      return lower * (last / lower) ** ((rank - below) / inBucket)
    }
    below += inBucket
  }
  return last
}

export const meanOf = ({ sum, count }: NativeHistogram): number | undefined => (count > 0 ? sum / count : undefined)
