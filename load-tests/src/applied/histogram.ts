/** Prometheus histograms: read from a scrape, subtracted, and asked for percentiles. Pure. */

/** How many observations were at most each bound, by bound; the last bound is Infinity. */
export type Histogram = ReadonlyMap<number, number>

/**
 * The buckets of one histogram in the text format, over all label sets.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function parseHistogram(text: string, name: string): Histogram {
  const buckets = new Map<number, number>()
  for (const line of text.split('\n')) {
    if (!line.startsWith(`${name}_bucket{`)) continue
    const bound = /\ble="([^"]+)"/.exec(line)?.[1]
    if (bound === undefined) continue
    const le = bound === '+Inf' ? Infinity : Number(bound)
    buckets.set(le, (buckets.get(le) ?? 0) + Number(line.slice(line.lastIndexOf(' '))))
  }
  return buckets
}

/** Several instances as one. */
export function sumHistograms(histograms: readonly Histogram[]): Histogram {
  const sum = new Map<number, number>()
  for (const histogram of histograms)
    for (const [bound, count] of histogram) sum.set(bound, (sum.get(bound) ?? 0) + count)
  return sum
}

/** What was observed between two scrapes; undefined when an instance began again in between, or there was nothing. */
export function observedBetween(before: Histogram, after: Histogram): Histogram | undefined {
  const delta = new Map([...after].map(([bound, count]) => [bound, count - (before.get(bound) ?? 0)] as const))
  const isWhole = [...delta.values()].every((count) => count >= 0)
  return isWhole && (delta.get(Infinity) ?? 0) > 0 ? delta : undefined
}

/**
 * A percentile, interpolated within its bucket as Prometheus' `histogram_quantile` does. At a bucket's bound it is exact.
 *
 * @param share  0 to 1
 */
export function histogramPercentile(histogram: Histogram, share: number): number {
  const bounds = [...histogram.keys()].sort((a, b) => a - b)
  const rank = share * (histogram.get(Infinity) ?? 0)
  let lower = 0
  let below = 0
  for (const bound of bounds) {
    const count = histogram.get(bound) ?? 0
    if (count >= rank && count > below)
      return bound === Infinity ? lower : lower + ((bound - lower) * (rank - below)) / (count - below)
    lower = bound
    below = count
  }
  return lower
}
