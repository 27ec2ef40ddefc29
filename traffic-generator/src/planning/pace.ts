import type { Mix, Scenario } from '../scenario/scenario.ts'

/** What is changed while a plan is being carried out: read anew at every step. */
export interface Steering {
  /** Acts a second from now on, whatever the phase. */
  readonly rate?: number | undefined
  readonly mix?: Mix | undefined
  /** Nothing new begins; what has begun is ended at once. */
  readonly isEnding?: boolean
}

export interface Pace {
  readonly phase: string | undefined
  /** Acts a second. */
  readonly rate: number
  readonly mix: Mix
  /** Until when it holds, in milliseconds since the start. */
  readonly endMs: number
}

/** @param nowMs  milliseconds since the start */
export function paceAt(scenario: Scenario, steering: Steering, nowMs: number): Pace {
  let endMs = 0
  const phase = scenario.phases.find(({ duration }) => nowMs < (endMs += duration))
  return {
    phase: phase?.name,
    rate: steering.rate ?? phase?.rate ?? scenario.rate,
    mix: steering.mix ?? phase?.mix ?? scenario.mix,
    endMs: phase === undefined ? scenario.duration : endMs,
  }
}
