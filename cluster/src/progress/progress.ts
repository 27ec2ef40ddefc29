/** What a start reports while it goes on. */
import { ClusterError } from '../cluster-error.ts'

export type StepState = 'started' | 'done' | 'failed'

export interface StepEvent {
  readonly step: string
  readonly state: StepState
  /** What it found or did: `nothing to install`. */
  readonly detail?: string
  /** Since the step started. */
  readonly elapsedMs: number
}

export type OnProgress = (event: StepEvent) => void

/** Runs one step and reports its start and end. The work may return a detail to show. */
export async function runStep(
  onProgress: OnProgress,
  step: string,
  work: () => Promise<string | undefined>,
): Promise<void> {
  const startedAt = performance.now()
  const report = (state: StepState, detail?: string): void => {
    const elapsedMs = performance.now() - startedAt
    onProgress({ step, state, elapsedMs, ...(detail === undefined ? {} : { detail }) })
  }
  report('started')
  try {
    report('done', await work())
  } catch (error) {
    report('failed', error instanceof ClusterError && error.code === 'aborted' ? 'cut short' : undefined)
    throw error
  }
}
