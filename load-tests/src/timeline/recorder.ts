/**
 * Samples a run once a second while it goes: clients by k6's own messages, the cluster by its private ports.
 *
 * Numbers are told at once and counts forgotten, so that an hour of it takes some megabytes.
 */
import type { LocalCluster } from '../target/target.ts'
import type { NodeProcess } from '../usage/snapshot.ts'
import type { Operation } from '../workload/workload.ts'
import { ClientStream, type ClientCounts } from './client-stream.ts'
import { sampleCluster, type ClusterSample } from './cluster-sample.ts'
import { LedgerWatch } from './ledger-watch.ts'
import type { NativeHistogram } from './native-histogram.ts'
import { clientValues, clusterValues, type Panel, type Value } from './panels.ts'
import { TimelineLog, type Timeline } from './timeline.ts'

/** A chart has no more pixels; a longer run is sampled less often. */
const MAX_SAMPLES = 3600

export interface Recording {
  readonly timeline: Timeline
  /** Durations of measured requests, in seconds. */
  readonly durations: ReadonlyMap<Operation, NativeHistogram>
  /** Turns of users in the measured time, pauses included, in seconds. */
  readonly turns: NativeHistogram | undefined
  /** Turns that an arrival rate asked for and no user was free to begin, over the whole run. */
  readonly dropped: number
}

export class TimelineRecorder {
  readonly #clients: ClientStream
  readonly #cluster: LocalCluster | undefined
  readonly #watch: LedgerWatch | undefined
  readonly #log = new TimelineLog()
  #timer: NodeJS.Timeout | undefined
  #sampling: Promise<void> | undefined
  #processes: readonly NodeProcess[] = []
  #startedAtMs: number | undefined
  #lastClients: ClientCounts | undefined
  #lastCluster: ClusterSample | undefined
  #latest: readonly Value[] = []

  private constructor(clients: ClientStream, cluster: LocalCluster | undefined) {
    this.#clients = clients
    this.#cluster = cluster
    this.#watch = cluster === undefined ? undefined : new LedgerWatch(cluster)
  }

  /** @param cluster  undefined: only what clients see */
  static async open(cluster: LocalCluster | undefined): Promise<TimelineRecorder> {
    return new TimelineRecorder(await ClientStream.open(), cluster)
  }

  /** What k6 needs to be started with. */
  get k6(): ClientStream['k6'] {
    return this.#clients.k6
  }

  /**
   * @param processes  the cluster's, and k6
   * @param expectedS  how long it will take
   */
  start(processes: readonly NodeProcess[], expectedS: number): void {
    this.#processes = processes
    const everyMs = Math.max(1, Math.ceil(expectedS / MAX_SAMPLES)) * 1000
    this.#timer = setInterval(() => {
      // A sample that takes longer than a second leaves a gap, and no heap of them.
      this.#sampling ??= this.#sample().finally(() => {
        this.#sampling = undefined
      })
    }, everyMs)
  }

  /** @param atMs  when the first user began */
  started(atMs: number): void {
    this.#startedAtMs = atMs
  }

  /** The last value of a series, or undefined. */
  latest(panel: Panel, name: string): number | undefined {
    return this.#latest.find((value) => value.panel === panel && value.name === name)?.value
  }

  /** Ends the sampling. */
  async end(): Promise<Recording> {
    clearInterval(this.#timer)
    await this.#sampling
    this.#clients.close()
    await this.#watch?.close()
    return {
      timeline: this.#log.finish(this.#startedAtMs),
      durations: this.#clients.measuredDurations(),
      turns: this.#clients.measuredTurns(),
      dropped: this.#clients.counts()?.dropped ?? 0,
    }
  }

  async #sample(): Promise<void> {
    const atMs = Date.now()
    const clients = this.#clients.counts()
    const cluster =
      this.#cluster === undefined || this.#watch === undefined
        ? undefined
        : await sampleCluster(this.#cluster, this.#watch, this.#processes)
    const isNew = clients !== undefined && clients.atMs !== this.#lastClients?.atMs
    this.#latest = [
      ...(isNew ? clientValues(this.#lastClients, clients) : []),
      ...(cluster === undefined ? [] : clusterValues(this.#lastCluster, cluster)),
    ]
    this.#log.add(atMs, this.#latest)
    if (isNew) this.#lastClients = clients
    this.#lastCluster = cluster ?? this.#lastCluster
  }
}
