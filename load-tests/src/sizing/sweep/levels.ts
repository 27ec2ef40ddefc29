/** Which loads a sweep measures, and in which order. Pure. */
import { invalid, parseInteger } from '../../settings/parse-options.ts'

export interface PlannedLevel {
  readonly users: number
  readonly thinkS: number
}

/** Without think time: in flight. From one request at a time to far beyond what two cores can work at at once. */
const IN_FLIGHT = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2000]
/** Users with a second between answer and request: never fitted to, only predicted. */
const THINKING = [500, 1500, 3000]

/** Before anything counts: the services compile what is hot, for as long as `peak` warms up. */
export const WARMING: PlannedLevel = { users: 64, thinkS: 0 }
export const WARMING_S = 70

/**
 * Up and down: a machine that becomes slower or faster in the meantime, and a ledger that grows, must not look like an
 * effect of the load. The level in the middle comes again at the end, to say how far a repetition lies apart.
 */
export function planLevels(
  inFlight: readonly number[] = IN_FLIGHT,
  thinking: readonly number[] = THINKING,
): PlannedLevel[] {
  const sorted = inFlight.toSorted((a, b) => a - b)
  const half = Math.ceil(sorted.length / 2)
  // 64 1 128 2 256 4 …: neighbours in time are far apart in load, and each half of the time has both.
  const [lower, upper] = [sorted.slice(0, half), sorted.slice(half)]
  const mixed = lower.flatMap((users, index) => [upper[index], users]).filter((users) => users !== undefined)
  const repeated = sorted[Math.floor(sorted.length / 2)]
  const steps = [...mixed, ...(repeated === undefined ? [] : [repeated])].map((users) => ({ users, thinkS: 0 }))
  const pauses = thinking.map((users) => ({ users, thinkS: 1 }))
  // Spread over the sweep, the largest first.
  const every = Math.ceil(steps.length / (pauses.length + 1))
  const spread = steps.flatMap((step, index) => {
    const pause = (index + 1) % every === 0 ? pauses.pop() : undefined
    return pause === undefined ? [step] : [step, pause]
  })
  return [...spread, ...pauses]
}

/**
 * How long a level takes: k6 has more users to make, and 1.2 MB a user to look through before it is measured.
 *
 * @param durationS  what is measured
 */
export function timesOf({ users, thinkS }: PlannedLevel, durationS: number) {
  return { rampS: 2 + users / 500, warmUpS: 4 + users / 100, durationS: durationS + 4 * thinkS }
}

const MAX_USERS = 20_000
const MAX_LEVELS = 50

/** `1,8,64`. The parser throws a LoadError `invalid_option`. */
export const parseLevels =
  (option: string) =>
  (text: string): number[] => {
    const levels = text.split(',').map((level) => parseInteger(option, level, 1, MAX_USERS))
    if (levels.length > MAX_LEVELS) throw invalid(option, text, `at most ${MAX_LEVELS} levels`)
    return levels
  }
