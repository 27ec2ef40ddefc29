/**
 * Users, rate and response time, by the operational laws of closed systems (Denning & Buzen, "The Operational Analysis of
 * Queueing Network Models", 1978): they hold whatever is distributed how.
 *
 *     in flight = rate × response             Little's law
 *     users = rate × (response + think)       the interactive response time law
 */
import { responseS as responseAt, throughputAt, type Usl } from './usl.ts'

const BISECTIONS = 200

/** Requests a second of users who think between an answer and their next request. Times in seconds. */
export const rateOf = (users: number, thinkS: number, responseS: number): number => users / (thinkS + responseS)

/** Users who bring a rate about. Times in seconds. */
export const usersOf = (perS: number, thinkS: number, responseS: number): number => perS * (thinkS + responseS)

/**
 * Where users who think come to rest on a law of scalability: the rest of them is in flight.
 *
 * @returns in flight, requests a second, and the mean response in seconds
 */
export function interactiveLoad(
  usl: Usl,
  users: number,
  thinkS: number,
): { inFlight: number; perS: number; responseS: number } {
  // With nobody in flight nobody is away, with all of them everybody: there is a crossing between.
  let [low, high] = [0, users]
  for (let times = 0; times < BISECTIONS; times++) {
    const middle = (low + high) / 2
    if (middle + thinkS * throughputAt(usl, middle) > users) high = middle
    else low = middle
  }
  const inFlight = (low + high) / 2
  const perS = throughputAt(usl, inFlight)
  return { inFlight, perS, responseS: inFlight / perS }
}

/**
 * The fewest requests in flight that bring a rate.
 *
 * @param peak  in flight at the highest throughput, which must reach the rate
 */
export function inFlightAt(usl: Usl, perS: number, peak: number): number {
  let [low, high] = [0, Math.min(peak, Number.MAX_SAFE_INTEGER)]
  for (let times = 0; times < BISECTIONS; times++) {
    const middle = (low + high) / 2
    if (throughputAt(usl, middle) < perS) low = middle
    else high = middle
  }
  return high
}

/** The most requests in flight that are answered within a time on the mean; 0 when not even one alone is. */
export function inFlightWithin(usl: Usl, responseS: number): number {
  if (responseAt(usl, 1) > responseS) return 0
  let [low, high] = [1, 2]
  while (responseAt(usl, high) <= responseS && high < Number.MAX_SAFE_INTEGER) [low, high] = [high, high * 2]
  for (let times = 0; times < BISECTIONS; times++) {
    const middle = (low + high) / 2
    if (responseAt(usl, middle) <= responseS) low = middle
    else high = middle
  }
  return low
}
