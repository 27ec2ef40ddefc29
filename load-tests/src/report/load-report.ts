import type { CommitLatency } from '../applied/worker-latency.ts'
import type { Settlement } from '../applied/settle.ts'
import type { Stages } from '../stages/stage-figures.ts'
import type { TimelineFile } from './summary-schema.ts'
import type { Calibration } from '../usage/calibration.ts'
import type { ClusterUsage } from '../usage/tiers.ts'
import type { Workload } from '../workload/workload.ts'
import type { Doubt } from './doubts.ts'
import type { Environment } from './environment.ts'
import type { GeneratorLoad } from './generator-load.ts'
import type { ClientView } from './k6-summary.ts'
import type { OperationLatencies } from './latencies.ts'
import type { Verdict } from './verdict.ts'

/** All that a run came to. `summary.json` holds it but for the timeline, which has a file of its own. */
export interface LoadReport {
  readonly runId: string
  readonly profile: string
  readonly url: string
  readonly startedAt: string
  /** Ended by hand before its time. */
  readonly cut: boolean
  /** Whether load and target were the profile's own. */
  readonly asDefined: boolean
  readonly workload: Workload
  readonly generator: GeneratorLoad & {
    readonly version: string
    readonly GOGC: string
    readonly GOMEMLIMIT: string
  }
  /** The measured window, in seconds; 0 when the run was cut before. */
  readonly measuredS: number
  readonly requestsPerS: number
  readonly clients: ClientView
  readonly stages: Stages
  /** The most frequent remarks of the clients. */
  readonly remarks: readonly string[]
  /** Undefined when it could not be seen; the verdict says why. */
  readonly settlement: Settlement | undefined
  /** Acceptance to commit, by the workers' own count; undefined by address alone. */
  readonly committed: CommitLatency | undefined
  /** Undefined by address alone, and where there is no /proc. */
  readonly usage: ClusterUsage | undefined
  readonly calibration: {
    readonly before: Calibration
    /** Undefined when the run was cut in a hurry. */
    readonly after: Calibration | undefined
  }
  /** Why the figures are not to be trusted; empty when nothing speaks against them. */
  readonly doubts: readonly Doubt[]
  readonly environment: Environment
  readonly verdict: Verdict
  readonly latencies: readonly OperationLatencies[]
  readonly timeline: Omit<TimelineFile, 'schema'>
}
