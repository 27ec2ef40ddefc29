/** The runs of a process: those that run, within bounds that they share, and the last ones that have ended. */
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '@paycluster/platform/clock'
import type { Registry } from 'prom-client'
import { shortage } from '../planning/cast.ts'
import { TrafficProblem } from '../http/traffic-problem.ts'
import { peakRate, type Scenario } from '../scenario/scenario.ts'
import type { Target } from '../sending/target.ts'
import { InFlight } from './in-flight.ts'
import { Run, type RunChange } from './run.ts'
import { RunFolder, runFolders } from './run-folder.ts'
import { RunMetrics } from './run-metrics.ts'
import type { RunReport } from './run-report.ts'

export interface RunsOptions {
  /** Where each run has a folder of its own. */
  readonly root: string
  readonly maxRuns: number
  /** Acts a second of all runs together, each at its fastest. */
  readonly maxRate: number
  readonly maxInFlight: number
  /** Ended ones; older ones are deleted with what they wrote. */
  readonly keptRuns: number
  readonly clock: Clock
  readonly registry: Registry
}

/** A run that has ended, perhaps in an earlier process. */
interface EndedRun {
  readonly folder: RunFolder
  readonly report: RunReport
}

export class Runs {
  readonly #options: RunsOptions
  readonly #inFlight: InFlight
  readonly #metrics: RunMetrics
  readonly #running = new Map<string, Run>()
  /** The oldest first. */
  readonly #ended = new Map<string, EndedRun>()

  /** Knows the runs that earlier processes have left. @throws the system's error when the folder cannot be made */
  constructor(options: RunsOptions) {
    this.#options = options
    this.#inFlight = new InFlight(options.maxInFlight)
    this.#metrics = new RunMetrics(options.registry, this.#inFlight, () => this.#running.size)
    mkdirSync(options.root, { recursive: true, mode: 0o700 })
    const found = runFolders(options.root).flatMap((folder) => {
      const report = folder.read()
      return report === undefined ? [] : [{ folder, report: interrupted(report) }]
    })
    const byAge = found.sort((one, other) => (one.report.started_at < other.report.started_at ? -1 : 1))
    for (const { folder, report } of byAge) {
      folder.save(report)
      this.#ended.set(report.id, { folder, report })
    }
    this.#forgetOld()
  }

  /** Of runs whose process was killed, what they left. */
  get leftFolders(): RunFolder[] {
    return [...this.#ended.values()].map(({ folder }) => folder).filter((folder) => folder.leftBlocked().length > 0)
  }

  /** @throws TrafficProblem `too_many_runs`, `rate_exceeded` (409), `cast_too_small` (422) */
  start(scenario: Scenario, target: Target): Run {
    const { maxRuns, maxRate, root, clock } = this.#options
    const missing = shortage(scenario, target.cast)
    if (missing !== undefined) throw new TrafficProblem('cast_too_small', missing)
    if (this.#running.size >= maxRuns)
      throw new TrafficProblem('too_many_runs', `There may be ${maxRuns} runs at once: stop one.`)
    const taken = this.#rateOf([...this.#running.values()])
    if (taken + peakRate(scenario) > maxRate) throw tooFast(maxRate, taken)
    const id = makeId(clock.now())
    const folder = new RunFolder(join(root, id))
    const run = new Run({ id, scenario, target, folder, inFlight: this.#inFlight, metrics: this.#metrics, clock })
    this.#running.set(id, run)
    void run.ended.then(() => {
      this.#running.delete(id)
      this.#ended.set(id, { folder, report: run.report() })
      this.#forgetOld()
    })
    return run
  }

  /** The newest first. */
  list(): RunReport[] {
    const running = [...this.#running.values()].map((run) => run.report())
    return [...[...this.#ended.values()].map(({ report }) => report), ...running].reverse()
  }

  /** @throws TrafficProblem `not_found` (404) */
  report(id: string): RunReport {
    const report = this.#running.get(id)?.report() ?? this.#ended.get(id)?.report
    if (report === undefined) throw notFound(id)
    return report
  }

  /** Where its labels are. @throws TrafficProblem `not_found` (404) */
  labelsPath(id: string): string {
    const path = this.#running.get(id)?.labelsPath ?? this.#ended.get(id)?.folder.labelsPath
    if (path === undefined) throw notFound(id)
    return path
  }

  /** @throws TrafficProblem `not_found` (404), `run_over`, `rate_exceeded` (409) */
  change(id: string, change: RunChange): RunReport {
    const run = this.#running.get(id)
    if (run === undefined) {
      this.report(id)
      throw new TrafficProblem('run_over', `${id} is over: there is nothing to change.`)
    }
    const taken = this.#rateOf([...this.#running.values()].filter((other) => other !== run))
    if (taken + run.peakRate(change) > this.#options.maxRate) throw tooFast(this.#options.maxRate, taken)
    run.change(change)
    return run.report()
  }

  /** Begins its end, and does not wait for it. Nothing happens to one that is over. @throws TrafficProblem `not_found` */
  stop(id: string): RunReport {
    void this.#running.get(id)?.stop()
    return this.report(id)
  }

  /** @param timeoutMs  then what is in flight is cut */
  async stopAll(timeoutMs: number): Promise<void> {
    await Promise.all([...this.#running.values()].map((run) => run.stop(timeoutMs)))
  }

  #rateOf(runs: readonly Run[]): number {
    return runs.reduce((sum, run) => sum + run.peakRate(), 0)
  }

  #forgetOld(): void {
    for (const [id, { folder }] of this.#ended) {
      if (this.#ended.size <= this.#options.keptRuns) return
      this.#ended.delete(id)
      folder.remove()
    }
  }
}

/** Sorts by time; 32 random bits, so that two of one second differ. */
const makeId = (nowMs: number): string =>
  `run-${new Date(nowMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').toLowerCase()}-${randomBytes(4).toString('hex')}`

const interrupted = (report: RunReport): RunReport =>
  report.ended_at === null ? { ...report, state: 'interrupted', rate: 0, in_flight: 0 } : report

const notFound = (id: string): TrafficProblem =>
  new TrafficProblem('not_found', `There is no run ${id.slice(0, 100)}; the last ones are kept.`)

const tooFast = (maxRate: number, taken: number): TrafficProblem =>
  new TrafficProblem(
    'rate_exceeded',
    `All runs together may make ${maxRate} acts a second; the others make up to ${Math.ceil(taken)}.`,
  )
