/**
 * The model against loads that it has not seen. Pure.
 *
 * Levels without think time are split by turns, in the order of their concurrency, and each half is predicted by a law
 * that was fitted to the other one: wherever the knee lies, its prediction knows nothing of it. Levels with think time are
 * predicted by the law of all those without, through N = X(R + Z).
 *
 * Levels during which others were busy on the machine are left out. Fits are made at the calibration of the sweep; each level is predicted at its own, and compared with what was measured.
 */
import { GENERATOR } from '../../usage/tiers.ts'
import type { Level } from '../measurements.ts'
import {
  atCalibration,
  calibrationOf,
  demandsOf,
  fittedLevels,
  loadsOf,
  rateOfUnit,
  undisturbed,
  workMsOf,
  type TierDemand,
} from './fit-sweep.ts'
import { interactiveLoad } from './operational-laws.ts'
import { fitUsl, type Usl } from './usl.ts'

export interface Prediction {
  readonly users: number
  readonly thinkS: number
  readonly isKnee: boolean
  readonly perS: Compared
  /** Mean response time in ms. */
  readonly responseMs: Compared
  /** Cores that the cluster was busy on, at the measured rate, k6 left out. */
  readonly cores: Compared
}

export interface Compared {
  readonly measured: number
  readonly predicted: number
  /** Of the prediction, against what was measured: 0.1 is a tenth too high. */
  readonly error: number
}

export interface CrossValidation {
  /** By think time, then by users. */
  readonly predictions: readonly Prediction[]
  /** Of the throughput at the knee, the largest of its repetitions. */
  readonly kneeError: number
  readonly isPassed: boolean
}

/** Of the throughput at the knee. */
export const MAX_KNEE_ERROR = 0.15
/** The knee is the lowest level that brings this share of the highest throughput: more users bring little but waiting. */
const KNEE_SHARE = 0.9

/** @throws RangeError when there are too few levels to leave half of them out */
export function crossValidate(all: readonly Level[]): CrossValidation {
  const levels = undisturbed(all)
  const calibrationMs = calibrationOf(levels)
  const fitted = fittedLevels(levels).map((level) => atCalibration(level, calibrationMs))
  const steps = [...new Set(fitted.map(({ users }) => users))].sort((a, b) => a - b)
  const isOdd = ({ users }: Level): boolean => steps.indexOf(users) % 2 === 1
  const halves = [fitted.filter(isOdd), fitted.filter((level) => !isOdd(level))]
  const [odd, even] = halves.map(learn)
  const whole = learn(fitted)
  const knee = kneeOf(fitted)
  const predictions = levels
    .map((level) =>
      predict(level, (level.thinkS > 0 ? whole : isOdd(level) ? even : odd) ?? whole, calibrationMs, knee),
    )
    .toSorted((a, b) => a.thinkS - b.thinkS || a.users - b.users)
  const kneeError = Math.max(...predictions.filter(({ isKnee }) => isKnee).map(({ perS }) => Math.abs(perS.error)))
  return { predictions, kneeError, isPassed: kneeError <= MAX_KNEE_ERROR }
}

interface Learnt {
  readonly usl: Usl
  readonly tiers: readonly TierDemand[]
}

const learn = (levels: readonly Level[]): Learnt => ({ usl: fitUsl(loadsOf(levels)), tiers: demandsOf(levels) })

/** In flight, at the lowest level that is near the highest throughput. */
function kneeOf(levels: readonly Level[]): number {
  const highest = Math.max(...levels.map(({ requestsPerS }) => requestsPerS))
  return Math.min(
    ...levels.filter(({ requestsPerS }) => requestsPerS >= KNEE_SHARE * highest).map(({ users }) => users),
  )
}

function predict(level: Level, { usl, tiers }: Learnt, calibrationMs: number, knee: number): Prediction {
  const { users, thinkS, requestsPerS, meanMs, usage } = level
  const slower = workMsOf(level) / calibrationMs
  const { perS, responseS } = interactiveLoad({ ...usl, lambda: usl.lambda / slower }, users, thinkS)
  const ofCluster = ({ tier }: { tier: string }): boolean => tier !== GENERATOR
  const measuredCores = usage.tiers.filter(ofCluster).reduce((sum, { cores }) => sum + cores, 0)
  const predictedCores = tiers
    .filter(ofCluster)
    .reduce((sum, demand) => sum + (demand.micros * rateOfUnit(level, demand.unit) * slower) / 1e6, 0)
  return {
    users,
    thinkS,
    isKnee: thinkS === 0 && users === knee,
    perS: compared(requestsPerS, perS),
    responseMs: compared(meanMs, responseS * 1000),
    cores: compared(measuredCores, predictedCores),
  }
}

const compared = (measured: number, predicted: number): Compared => ({
  measured,
  predicted,
  error: predicted / measured - 1,
})
