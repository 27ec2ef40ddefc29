/**
 * The Universal Scalability Law, https://www.perfdynamics.com/Manifesto/USLscalability.html: throughput by the requests
 * in flight.
 *
 *     X(N) = λN / (1 + σ(N − 1) + κN(N − 1))
 *
 * λ is the rate of one request at a time; σ the share of the work that queues; κ the price of agreeing, which each pair
 * pays, and which makes throughput fall again beyond N* = √((1 − σ)/κ).
 */
import { levenbergMarquardt } from 'ml-levenberg-marquardt'
import { rSquared } from './r-squared.ts'

/** A steady state: so many requests in flight, so many answered a second. */
export interface Load {
  readonly inFlight: number
  readonly perS: number
}

export interface Usl {
  readonly lambda: number
  readonly sigma: number
  readonly kappa: number
}

export interface FittedUsl extends Usl {
  /** Of the rates themselves, 1 is a perfect fit. */
  readonly rSquared: number
}

/** Three parameters, and one point more to say anything. */
export const MIN_LOADS = 4
const MAX_ITERATIONS = 500
/** Of the squared relative errors: far below what any measurement can tell. */
const ERROR_TOLERANCE = 1e-12
/** Where the search begins: contention and coherency as they weigh at the highest load. The best end counts. */
const STARTS = [0.01, 1, 100].flatMap((contention) => [0, 0.1, 10].map((coherency) => [contention, coherency] as const))

/**
 * Least squares of the relative errors, as a rate is measured to so many per cent whatever it is; σ, κ ≥ 0, σ ≤ 1.
 *
 * @throws RangeError when there are fewer than four different loads, or one is not above 0
 */
export function fitUsl(loads: readonly Load[]): FittedUsl {
  if (new Set(loads.map(({ inFlight }) => inFlight)).size < MIN_LOADS)
    throw new RangeError(`the fit takes at least ${MIN_LOADS} different levels of concurrency`)
  if (loads.some(({ inFlight, perS }) => !(inFlight > 0 && perS > 0)))
    throw new RangeError('a level without throughput cannot be fitted')
  const highest = Math.max(...loads.map(({ inFlight }) => inFlight))
  const fits = STARTS.map((start) => descend(loads, highest, start))
  const best = fits.reduce((least, fit) => (fit.error < least.error ? fit : least))
  const predicted = loads.map(({ inFlight }) => throughputAt(best.usl, inFlight))
  const observed = loads.map(({ perS }) => perS)
  return { ...best.usl, rSquared: rSquared(observed, predicted) }
}

/** σ and κ are searched for in multiples of their weight at the highest load, so that all slopes are of one size. */
function descend(
  loads: readonly Load[],
  highest: number,
  [contention, coherency]: readonly [number, number],
): { usl: Usl; error: number } {
  const uslOf = ([logLambda = 0, scaledSigma = 0, scaledKappa = 0]: readonly number[]): Usl => ({
    lambda: Math.exp(logLambda),
    sigma: scaledSigma / highest,
    kappa: scaledKappa / highest ** 2,
  })
  const [first] = loads.toSorted((a, b) => a.inFlight - b.inFlight)
  const { parameterValues, parameterError } = levenbergMarquardt(
    { x: loads.map(({ inFlight }) => inFlight), y: loads.map(({ perS }) => Math.log(perS)) },
    (parameters) => (inFlight) => Math.log(throughputAt(uslOf(parameters), inFlight)),
    {
      jacobianFunction: (parameters) => (inFlight) => {
        const slowdown = slowdownAt(uslOf(parameters), inFlight)
        const others = Math.max(0, inFlight - 1)
        return [1, -others / highest / slowdown, (-inFlight * others) / highest ** 2 / slowdown]
      },
      initialValues: [Math.log(first === undefined ? 1 : first.perS / first.inFlight), contention, coherency],
      minValues: [-Infinity, 0, 0],
      maxValues: [Infinity, highest, Infinity],
      maxIterations: MAX_ITERATIONS,
      errorTolerance: ERROR_TOLERANCE,
    },
  )
  return { usl: uslOf(parameterValues), error: parameterError }
}

function slowdownAt({ sigma, kappa }: Usl, inFlight: number): number {
  const others = Math.max(0, inFlight - 1)
  return 1 + sigma * others + kappa * inFlight * others
}

/** Requests a second. Below one in flight on the average there is nobody to wait for. */
export const throughputAt = (usl: Usl, inFlight: number): number => (usl.lambda * inFlight) / slowdownAt(usl, inFlight)

/** Mean response time in seconds: Little's law of the law's own throughput. */
export const responseS = (usl: Usl, inFlight: number): number => slowdownAt(usl, inFlight) / usl.lambda

/** Requests in flight at the highest throughput; Infinity when it only ever approaches it. */
export const peakInFlight = ({ sigma, kappa }: Usl): number =>
  kappa === 0 ? Infinity : Math.max(1, Math.sqrt((1 - sigma) / kappa))

/** The highest throughput, or what it approaches; Infinity when nothing bounds it. */
export function maxThroughput(usl: Usl): number {
  const peak = peakInFlight(usl)
  if (Number.isFinite(peak)) return throughputAt(usl, peak)
  return usl.sigma === 0 ? Infinity : usl.lambda / usl.sigma
}
