/**
 * The measured window of a run, and what the cluster has used at its two ends.
 *
 *     k6 says when its users begin ──ramp, warm-up──▶ from ──duration──▶ to
 *
 * A run that ends before its time ends its window there.
 */
import { scrapeWorkers } from './applied/worker-latency.ts'
import type { Histogram } from './applied/histogram.ts'
import { takeSnapshot, type NodeProcess, type Snapshot } from './usage/snapshot.ts'
import type { Workload } from './workload/workload.ts'

/** One end of the window. */
export interface Mark {
  readonly atMs: number
  /** Undefined where the cluster is known by its address alone. */
  readonly usage: Snapshot | undefined
  readonly latency: Histogram | undefined
}

export class Measurement {
  readonly #workload: Workload
  readonly #processes: readonly NodeProcess[]
  readonly #workers: readonly string[]
  readonly #timers: NodeJS.Timeout[] = []
  #from: Promise<Mark> | undefined
  #to: Promise<Mark> | undefined

  /**
   * @param processes  whose usage counts; empty: nobody's
   * @param workers  where the workers' metrics are: `host:port`
   */
  constructor(workload: Workload, processes: readonly NodeProcess[], workers: readonly string[]) {
    this.#workload = workload
    this.#processes = processes
    this.#workers = workers
  }

  /** @param startedAtMs  when the first user began, in milliseconds of the epoch */
  started(startedAtMs: number): void {
    const { rampS, warmUpS, durationS } = this.#workload
    const fromMs = startedAtMs + (rampS + warmUpS) * 1000
    this.#at(fromMs, () => {
      this.#from ??= this.#mark(Date.now())
    })
    this.#at(fromMs + durationS * 1000, () => {
      this.end()
    })
  }

  /** Ends the window now, if it began and has not ended: before k6 goes, whose usage counts, too. */
  end(): void {
    if (this.#from !== undefined) this.#to ??= this.#mark(Date.now())
  }

  /** Both ends, or undefined when the run ended before its window began. */
  async window(): Promise<{ from: Mark; to: Mark } | undefined> {
    for (const timer of this.#timers) clearTimeout(timer)
    this.end()
    const [from, to] = await Promise.all([this.#from, this.#to])
    return from === undefined || to === undefined ? undefined : { from, to }
  }

  #at(atMs: number, work: () => void): void {
    this.#timers.push(setTimeout(work, Math.max(0, atMs - Date.now())))
  }

  async #mark(atMs: number): Promise<Mark> {
    if (this.#processes.length === 0) return { atMs, usage: undefined, latency: undefined }
    const usage = takeSnapshot(this.#processes)
    return { atMs, usage, latency: await scrapeWorkers(this.#workers) }
  }
}
