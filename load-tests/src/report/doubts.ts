/** Why the figures of a run are to be doubted, if they are. Pure. */
import type { Calibration } from '../usage/calibration.ts'
import { GENERATOR, type ClusterUsage } from '../usage/tiers.ts'
import type { GeneratorLoad } from './generator-load.ts'

export interface Doubt {
  /** `disturbed`: the machine was not the run's own. `generator`: k6 was what was measured. */
  readonly kind: 'disturbed' | 'generator'
  readonly text: string
}

/** Runs of the same work on a quiet machine differ by less: docs/adr/0009-timeline-of-a-load-run.md. */
export const CALIBRATION_TOLERANCE = 0.1
/** A tenth of a core: the system's own housekeeping stays below it. */
export const QUIET_CORES = 0.1
/** Above it, whoever wants a core waits for one. */
const FULL_SHARE = 0.95
/** What k6 may add to a turn beside its own work, on average. */
const MAX_GENERATOR_DELAY_MS = 10

export interface Circumstances {
  readonly before: Calibration
  /** Undefined when the run was cut. */
  readonly after: Calibration | undefined
  /** Undefined by address alone. */
  readonly usage: ClusterUsage | undefined
  readonly generator: GeneratorLoad
}

export function doubtsOf({ before, after, usage, generator }: Circumstances): Doubt[] {
  return [
    ...(after === undefined ? [] : calibrationDoubts(before, after)),
    ...(usage !== undefined && usage.otherCores > QUIET_CORES
      ? [disturbed(`others used ${usage.otherCores.toFixed(2)} cores while it was measured`)]
      : []),
    ...generatorDoubts(usage, generator),
  ]
}

function calibrationDoubts(before: Calibration, after: Calibration): Doubt[] {
  const doubts: Doubt[] = []
  const compare = (what: string, from: number | undefined, to: number | undefined): void => {
    if (from === undefined || to === undefined || from <= 0) return
    const change = to / from - 1
    if (Math.abs(change) <= CALIBRATION_TOLERANCE) return
    const percent = `${change > 0 ? '+' : ''}${(change * 100).toFixed(0)} %`
    doubts.push(disturbed(`the machine itself changed: ${what} ${percent} from before to after`))
  }
  compare('time of the fixed work', before.workMs, after.workMs)
  compare('Nginx alone', before.nginxPerS, after.nginxPerS)
  return doubts
}

function generatorDoubts(usage: ClusterUsage | undefined, { delayMs, dropped, collections }: GeneratorLoad): Doubt[] {
  const doubts: Doubt[] = []
  if (collections !== undefined && collections > 0)
    doubts.push(generator(`k6 collected its garbage ${collections} × while it was measured: its memory was short`))
  if (dropped > 0) doubts.push(generator(`k6 had no user free for ${dropped} arrivals: fewer came than were asked for`))
  if (delayMs !== undefined && delayMs > MAX_GENERATOR_DELAY_MS)
    doubts.push(generator(`a turn of a user waited ${delayMs.toFixed(0)} ms for k6 itself, on average`))
  const k6 = usage?.tiers.find(({ tier }) => tier === GENERATOR)
  if (usage !== undefined && k6 !== undefined && usage.machineCores.busy > usage.machineCores.all * FULL_SHARE) {
    const share = (k6.cores / usage.machineCores.busy) * 100
    const full = `${usage.machineCores.busy.toFixed(2)} of ${usage.machineCores.all} cores were busy`
    doubts.push(
      generator(`${full}, ${share.toFixed(0)} % of that with k6: the cluster has more on a machine of its own`),
    )
  }
  return doubts
}

const disturbed = (text: string): Doubt => ({ kind: 'disturbed', text })
const generator = (text: string): Doubt => ({ kind: 'generator', text })
