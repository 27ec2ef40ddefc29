/** What the load generator itself cost. Pure. */
import { meanOf, mergeHistograms } from '../timeline/native-histogram.ts'
import type { Recording } from '../timeline/recorder.ts'
import { GENERATOR, type ClusterUsage } from '../usage/tiers.ts'

export interface GeneratorLoad {
  /** Of k6, 1 is one core; undefined by address alone. */
  readonly cores: number | undefined
  /** Of all that was busy; undefined by address alone. */
  readonly shareOfBusy: number | undefined
  /**
   * What a turn took beside its request and its pause, on average: k6's own work and its waiting for a core. Undefined
   * where a turn is not one request and one pause of known mean.
   */
  readonly delayMs: number | undefined
  /** Turns that an arrival rate asked for and no user was free to begin. */
  readonly dropped: number
  /** Of k6's memory within the measured time; undefined when it is not known. */
  readonly collections: number | undefined
}

/** Turns and requests that differ by more are not one to one. */
const ONE_TO_ONE = 0.02
/** Below it, the mean of the drawn pauses is not known well enough. */
const MIN_TURNS = 1000

/**
 * @param thinkS  mean pause after each answer, in seconds
 * @param collections  of k6's memory within the measured time
 */
export function generatorLoad(
  recording: Recording,
  thinkS: number,
  usage: ClusterUsage | undefined,
  collections: number | undefined,
): GeneratorLoad {
  const k6 = usage?.tiers.find(({ tier }) => tier === GENERATOR)
  return {
    cores: k6?.cores,
    shareOfBusy: k6 === undefined || usage === undefined ? undefined : k6.cores / usage.machineCores.busy,
    delayMs: delayOf(recording, thinkS),
    dropped: recording.dropped,
    collections,
  }
}

function delayOf({ turns, durations }: Recording, thinkS: number): number | undefined {
  const requests = mergeHistograms([...durations.values()])
  if (turns === undefined || requests === undefined || turns.count < MIN_TURNS) return undefined
  if (Math.abs(turns.count / requests.count - 1) > ONE_TO_ONE) return undefined
  const turnS = meanOf(turns)
  const requestS = meanOf(requests)
  if (turnS === undefined || requestS === undefined) return undefined
  return Math.max(0, (turnS - requestS - thinkS) * 1000)
}
