/** How many requests a second users bring, and how busy the cluster may be with them. Pure. */
import { reachedPerS, type Rates, type SweepModel } from './fit-sweep.ts'
import { inFlightAt, inFlightWithin, rateOf } from './operational-laws.ts'
import type { Requirements } from './requirements.ts'
import { peakInFlight, responseS as responseAt, throughputAt } from './usl.ts'

/** At the peak, when the cluster has grown as far as it is sized for. */
export interface Demand extends Rates {
  /** On the average. */
  readonly inFlight: number
  /** Mean response time that the rate is computed with: the one asked for, or else the model's. */
  readonly responseS: number
  /** What the model expects of a cluster that is so busy. */
  readonly modelResponseS: number
  /** Of the cores, as asked for, or less where the response time asks for less. */
  readonly utilisation: number
}

/**
 * Little's law with a response time: the one asked for, or the one that the measured cluster has when it is so busy.
 *
 * @param speed  time for the same work on the machines to be bought, against the measured one
 * @throws RangeError when the response time asked for is less than an idle cluster needs
 */
export function demandOf(
  model: SweepModel,
  { users, thinkS, readsAWrite, responseS: asked, utilisation: allowed, growthAYear, years }: Requirements,
  speed: number,
): Demand {
  const { usl } = model
  const highest = reachedPerS(model)
  const busiest = inFlightAt(usl, allowed * highest, peakInFlight(usl))
  const inFlight = asked === undefined ? busiest : Math.min(busiest, inFlightWithin(usl, asked / speed))
  if (!(inFlight > 0)) {
    const idleMs = (1000 * speed) / usl.lambda
    throw new RangeError(`a mean response below ${idleMs.toFixed(1)} ms cannot be had: an idle cluster takes as long`)
  }
  const modelResponseS = responseAt(usl, inFlight) * speed
  const responseS = asked ?? modelResponseS
  const requestsPerS = rateOf(users, thinkS, responseS) * (1 + growthAYear) ** years
  return {
    requestsPerS,
    readsPerS: (requestsPerS * readsAWrite) / (readsAWrite + 1),
    writesPerS: requestsPerS / (readsAWrite + 1),
    inFlight: requestsPerS * responseS,
    responseS,
    modelResponseS,
    utilisation: Math.min(allowed, throughputAt(usl, inFlight) / highest),
  }
}
