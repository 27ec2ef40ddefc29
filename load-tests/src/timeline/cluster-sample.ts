/** One look at the cluster: the services' private metrics, the ledger, and what every node has used. */
import { parseHistogram, sumHistograms, type Histogram } from '../applied/histogram.ts'
import type { LocalCluster } from '../target/target.ts'
import { takeSnapshot, type NodeProcess, type Snapshot } from '../usage/snapshot.ts'
import { sumOfMetric } from './exposition.ts'
import type { LedgerState, LedgerWatch } from './ledger-watch.ts'

/** Counts are since the start of the services; undefined where one of them did not answer. */
export interface ClusterSample {
  readonly atMs: number
  readonly usage: Snapshot | undefined
  readonly ledger: LedgerState | undefined
  /** Acceptance to commit, in seconds. */
  readonly applied: Histogram | undefined
  /** Commands that were posted. */
  readonly posted: number | undefined
  /** Reads of objects, and those of them that the cache answered. */
  readonly reads: number | undefined
  readonly hits: number | undefined
}

const TIMEOUT_MS = 900
const WORKER_LATENCY = 'worker_accepted_to_applied_seconds'

/**
 * @param processes  whose usage is told
 */
export async function sampleCluster(
  { workers, readers }: Pick<LocalCluster, 'workers' | 'readers'>,
  watch: LedgerWatch,
  processes: readonly NodeProcess[],
): Promise<ClusterSample> {
  const atMs = Date.now()
  const [posting, reading, ledger] = await Promise.all([scrapeAll(workers), scrapeAll(readers), watch.read()])
  return {
    atMs,
    usage: takeSnapshot(processes),
    ledger,
    applied: posting && sumHistograms(posting.map((text) => parseHistogram(text, WORKER_LATENCY))),
    posted: sumOver(posting, 'worker_commands_total'),
    reads: sumOver(reading, 'inquiry_reads_total'),
    hits: sumOver(reading, 'inquiry_reads_total', 'outcome="hit"'),
  }
}

/** Undefined when one of them does not answer: a sum without it would look like a fall. */
async function scrapeAll(addresses: readonly string[]): Promise<string[] | undefined> {
  try {
    return await Promise.all(
      addresses.map(async (address) => {
        const response = await fetch(`http://${address}/metrics`, { signal: AbortSignal.timeout(TIMEOUT_MS) })
        return response.text()
      }),
    )
  } catch {
    return undefined
  }
}

const sumOver = (texts: readonly string[] | undefined, name: string, labels?: string): number | undefined =>
  texts?.reduce((sum, text) => sum + (sumOfMetric(text, name, labels) ?? 0), 0)
