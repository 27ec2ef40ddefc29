import type { Thresholds, Workload } from '../workload/workload.ts'

/** A named load: what users do, how they arrive, and what the run fails on. */
export interface Profile {
  readonly name: string
  /** One line for the list of profiles. */
  readonly summary: string
  readonly workload: Workload
  /**
   * k6's scenarios. Its own type is not used: the runner reads this file too, and needs only that it is an object.
   * https://grafana.com/docs/k6/latest/using-k6/scenarios/
   */
  scenarios(workload: Workload): Readonly<Record<string, object>>
  readonly thresholds: Thresholds
}
