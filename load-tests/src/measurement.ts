/**
 * The measured window of a run, and what cluster and generator have used at its two ends.
 *
 *     k6 says when its users begin ──ramp, warm-up──▶ k6 collects its garbage ──▶ from ──duration──▶ to
 *
 * A run that ends before its time ends its window there.
 */
import { scrapeWorkers } from './applied/worker-latency.ts'
import type { Histogram } from './applied/histogram.ts'
import type { GeneratorMemory } from './generator/generator-memory.ts'
import { takeSnapshot, type NodeProcess, type Snapshot } from './usage/snapshot.ts'
import type { Workload } from './workload/workload.ts'

/** One end of the window. */
export interface Mark {
  readonly atMs: number
  /** Undefined where the cluster is known by its address alone. */
  readonly usage: Snapshot | undefined
  readonly latency: Histogram | undefined
  /** Collections of k6's memory since it began; undefined when k6 did not say. */
  readonly collections: number | undefined
}

/**
 * How long before the window k6 collects: 3000 users are 3.5 GB to look through, which takes 10 s beside a busy cluster,
 * and what waited meanwhile has to be gone. Of a short warm-up, half.
 */
const MAX_SETTLE_S = 25

export class Measurement {
  readonly #workload: Workload
  readonly #processes: readonly NodeProcess[]
  readonly #workers: readonly string[]
  readonly #memory: GeneratorMemory
  readonly #timers: NodeJS.Timeout[] = []
  #from: Promise<Mark> | undefined
  #to: Promise<Mark> | undefined

  /**
   * @param processes  whose usage counts; empty: nobody's
   * @param workers  where the workers' metrics are: `host:port`
   * @param memory  k6's
   */
  constructor(
    workload: Workload,
    processes: readonly NodeProcess[],
    workers: readonly string[],
    memory: GeneratorMemory,
  ) {
    this.#workload = workload
    this.#processes = processes
    this.#workers = workers
    this.#memory = memory
  }

  /** @param startedAtMs  when the first user began, in milliseconds of the epoch */
  started(startedAtMs: number): void {
    const { rampS, warmUpS, durationS } = this.#workload
    const fromMs = startedAtMs + (rampS + warmUpS) * 1000
    this.#at(fromMs - Math.min(MAX_SETTLE_S, warmUpS / 2) * 1000, () => {
      void this.#memory.collect()
    })
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
    const usage = this.#processes.length === 0 ? undefined : takeSnapshot(this.#processes)
    const [latency, collections] = await Promise.all([
      usage === undefined ? undefined : scrapeWorkers(this.#workers),
      this.#memory.collections(),
    ])
    return { atMs, usage, latency, collections }
  }
}
