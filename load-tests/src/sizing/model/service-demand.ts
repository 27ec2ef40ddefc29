/**
 * CPU time of a tier for a unit of its work, as it is under load: the utilisation law, cores = demand × rate.
 *
 * Not a line through all loads: an idle cluster works off each request by itself, as soon as it comes, and spends many
 * times the CPU on it that a batch takes. A sizing is about the loads at which it batches.
 */
import { spreadOf, type Spread } from '../../bench/common/rounds.ts'

export interface TierLoad {
  /** Of the tier's own unit of work. */
  readonly perS: number
  /** 1 is one core, busy all the time. */
  readonly cores: number
}

/** In µs. */
export type ServiceDemand = Spread

/** From this share of the highest rate on, a load counts. */
const LOADED_SHARE = 0.6

/** @throws RangeError when there is no load at all */
export function demandUnderLoad(loads: readonly TierLoad[]): ServiceDemand {
  const highest = Math.max(...loads.map(({ perS }) => perS))
  if (!(highest > 0)) throw new RangeError('the demand of a tier takes a load')
  const loaded = loads.filter(({ perS }) => perS >= LOADED_SHARE * highest)
  return spreadOf(loaded.map(({ perS, cores }) => (cores * 1e6) / perS))
}
