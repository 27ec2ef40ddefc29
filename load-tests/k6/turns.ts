/** When a user's samples change their tags, and when what it saw has to be written at once. */
import exec from 'k6/execution'
import { profileNamed } from '../src/profiles/index.ts'
import { MEASURED } from '../src/workload/metrics.ts'
import { settings } from './settings.ts'

const { rampS, warmUpS, durationS, thinkS, ratePerS, users } = settings.workload
const stages = profileNamed(settings.profile)?.shape(settings.workload).stages ?? []
const measuredFromMs = (rampS + warmUpS) * 1000
/** Every user has a turn within this time: a pause, or a round of the arrivals over the users. */
const betweenTurnsMs = 1000 * (1 + 2 * Math.max(thinkS, ratePerS > 0 ? users / ratePerS : 0))

/** When each stage begins, in ms from the start. */
const stageStartsMs: number[] = []
stages.reduce((startMs, stage) => {
  stageStartsMs.push(startMs)
  return startMs + stage.durationS * 1000
}, measuredFromMs)

/** @returns notes that a turn begins, and says whether the user may not have another one */
export function createTurns(): () => boolean {
  const startMs = exec.scenario.startTime
  const endingFromMs = startMs + measuredFromMs + durationS * 1000 - betweenTurnsMs
  let stage = -1
  let nextStageAtMs = startMs + measuredFromMs
  return () => {
    const nowMs = Date.now()
    // From the end of the warm-up on, every sample of this user says so.
    while (nowMs >= nextStageAtMs) {
      stage++
      exec.vu.metrics.tags.phase = MEASURED
      if (stages.length > 1) exec.vu.metrics.tags.stage = stage
      nextStageAtMs = startMs + (stageStartsMs[stage + 1] ?? Infinity)
    }
    return nowMs >= endingFromMs
  }
}
