/** From acceptance to commit, as the workers count it. */
import { histogramPercentile, observedBetween, parseHistogram, sumHistograms, type Histogram } from './histogram.ts'

const METRIC = 'worker_accepted_to_applied_seconds'
const TIMEOUT_MS = 2000

/** Reads the workers' histograms; undefined when one does not answer. */
export async function scrapeWorkers(addresses: readonly string[]): Promise<Histogram | undefined> {
  try {
    const scrapes = addresses.map(async (address) => {
      const response = await fetch(`http://${address}/metrics`, { signal: AbortSignal.timeout(TIMEOUT_MS) })
      return parseHistogram(await response.text(), METRIC)
    })
    return sumHistograms(await Promise.all(scrapes))
  } catch {
    return undefined
  }
}

export interface CommitLatency {
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
}

/** Percentiles of what was committed between two scrapes, or undefined when they do not tell. */
export function latencyBetween(before: Histogram | undefined, after: Histogram | undefined): CommitLatency | undefined {
  if (before === undefined || after === undefined) return undefined
  const observed = observedBetween(before, after)
  if (observed === undefined) return undefined
  const inMs = (share: number): number => histogramPercentile(observed, share) * 1000
  return { p50Ms: inMs(0.5), p95Ms: inMs(0.95), p99Ms: inMs(0.99) }
}
