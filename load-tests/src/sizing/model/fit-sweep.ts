/** The model of a sweep: the law of scalability of all that shared its cores, and what each tier takes of them. Pure. */
import { spreadOf } from '../../bench/common/rounds.ts'
import { GENERATOR, type Unit } from '../../usage/tiers.ts'
import type { Level, Measurements } from '../measurements.ts'
import { demandUnderLoad } from './service-demand.ts'
import { fitUsl, maxThroughput, type FittedUsl } from './usl.ts'

export interface TierDemand {
  readonly tier: string
  readonly unit: Unit
  /** CPU time for a unit of work under load: the median of the levels, the least and the most. */
  readonly micros: number
  readonly leastMicros: number
  readonly mostMicros: number
  /** Processes that were measured together. */
  readonly nodes: number
  /** Resident memory of one of them, at the highest level. */
  readonly rssBytes: number
}

export interface SweepModel {
  /** k6 included: it ran on the same cores. */
  readonly usl: FittedUsl
  readonly tiers: readonly TierDemand[]
  readonly cores: number
  /** Requests a second, of the best level. */
  readonly highestPerS: number
  /** A round of the calibration's fixed work: rates and times are those of a machine that takes so many ms. */
  readonly calibrationMs: number
}

/** A cluster at rest beside the measured one takes a tenth of a core. */
const DISTURBED_CORES = 0.25

/** Whether others were so busy on the machine that no model of the cluster can know what was left of it. */
export const isDisturbed = ({ usage }: Pick<Level, 'usage'>): boolean => usage.otherCores > DISTURBED_CORES

export const undisturbed = (levels: readonly Level[]): Level[] => levels.filter((level) => !isDisturbed(level))

/** Levels without think time: those that are fitted to. */
export const fittedLevels = (levels: readonly Level[]): Level[] => levels.filter(({ thinkS }) => thinkS === 0)

/** A round of the calibration's fixed work while the level ran: the mean of before and after, in ms. */
export const workMsOf = ({ calibration: { before, after } }: Level): number => (before.workMs + after.workMs) / 2

/** That of a whole sweep: of its median level. */
export const calibrationOf = (levels: readonly Level[]): number => spreadOf(levels.map(workMsOf)).median

/**
 * What the level would have come to on a machine as fast as the sweep was on the median: all times stretch alike. A virtual
 * machine's cores are half as fast at some minutes as at others, which is no property of the load.
 *
 * @param calibrationMs  of the sweep
 */
export function atCalibration(level: Level, calibrationMs: number): Level {
  const slower = workMsOf(level) / calibrationMs
  const { requestsPerS, readsPerS, writesPerS, meanMs } = level
  return {
    ...level,
    requestsPerS: requestsPerS * slower,
    readsPerS: readsPerS * slower,
    writesPerS: writesPerS * slower,
    meanMs: meanMs / slower,
  }
}

export const loadsOf = (levels: readonly Level[]) =>
  levels.map(({ users, requestsPerS }) => ({ inFlight: users, perS: requestsPerS }))

/**
 * Goes by the levels that nobody disturbed.
 *
 * @throws RangeError when they are too few to be fitted
 */
export function fitSweep({ levels: all }: Pick<Measurements, 'levels'>): SweepModel {
  const levels = undisturbed(all)
  const calibrationMs = calibrationOf(levels)
  const fitted = fittedLevels(levels).map((level) => atCalibration(level, calibrationMs))
  return {
    usl: fitUsl(loadsOf(fitted)),
    tiers: demandsOf(fitted),
    cores: fitted[0]?.usage.machineCores.all ?? 0,
    highestPerS: Math.max(...fitted.map(({ requestsPerS }) => requestsPerS)),
    calibrationMs,
  }
}

/** k6 among them. @throws RangeError */
export function demandsOf(levels: readonly Level[]): TierDemand[] {
  const highest = levels.reduce((most, level) => (level.users > most.users ? level : most))
  return highest.usage.tiers.map(({ tier, unit, rssBytes }) => {
    const loads = levels.flatMap((level) => {
      const usage = level.usage.tiers.find((one) => one.tier === tier)
      return usage === undefined ? [] : [{ perS: rateOfUnit(level, unit), cores: usage.cores }]
    })
    const nodes = nodesOf(tier, highest)
    const { median, min, max } = demandUnderLoad(loads)
    return { tier, unit, micros: median, leastMicros: min, mostMicros: max, nodes, rssBytes: rssBytes / nodes }
  })
}

export const rateOfUnit = ({ requestsPerS, readsPerS, writesPerS }: Rates, unit: Unit): number =>
  ({ request: requestsPerS, read: readsPerS, write: writesPerS })[unit]

export interface Rates {
  readonly requestsPerS: number
  readonly readsPerS: number
  readonly writesPerS: number
}

const NODE_OF: Readonly<Record<string, string>> = {
  nginx: 'gateway',
  'postgres primary': 'postgres-primary',
  'postgres replicas': 'postgres-replica',
}

const nodesOf = (tier: string, { usage }: Level): number =>
  Math.max(1, usage.memory.filter(({ node }) => node.startsWith(NODE_OF[tier] ?? tier)).length)

/**
 * What the cluster would do with the cores to itself. Derived: the measured throughput is that of cluster and k6 together.
 *
 * @returns requests a second, with every core busy, at the measured mix
 */
export function throughputWithoutGenerator({ tiers, cores }: SweepModel, readsAWrite: number): number {
  const own = tiers.filter(({ tier }) => tier !== GENERATOR)
  const microsARequest = own.reduce((sum, { micros, unit }) => sum + micros * shareOf(unit, readsAWrite), 0)
  return (cores * 1e6) / microsARequest
}

/** Of a unit of work among the requests. */
const shareOf = (unit: Unit, readsAWrite: number): number =>
  ({ request: 1, read: readsAWrite / (readsAWrite + 1), write: 1 / (readsAWrite + 1) })[unit]

/** The highest throughput that was measured, or what the law says, whatever is less: no law is trusted beyond its data. */
export const reachedPerS = ({ usl, highestPerS }: SweepModel): number => Math.min(maxThroughput(usl), highestPerS)
