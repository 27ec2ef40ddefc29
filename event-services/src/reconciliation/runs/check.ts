/** One kind of comparison, and what a run of it is given and gives back. */
import type { OpenDifference } from '../differences/difference-store.ts'
import type { Findings } from '../differences/finding.ts'
import type { StartedRun } from './started-run.ts'

export interface RunContext {
  readonly run: StartedRun
  /** As the run before has left it; undefined for the first. */
  readonly watermark: unknown
  /** What is open of this kind, the oldest first: it is looked at again. */
  readonly open: readonly OpenDifference[]
  readonly findings: Findings
  /** Given when the run is no longer this process's, or the process stops. */
  readonly signal: AbortSignal
}

export interface Checked {
  /** How many things were compared. */
  readonly checked: number
  /** Whether a difference would have been found again, had it been there. */
  readonly isRechecked: (difference: OpenDifference) => boolean
  /** What the next run continues from; undefined: as before. */
  readonly watermark?: object
}

export type Check = (context: RunContext) => Promise<Checked>
