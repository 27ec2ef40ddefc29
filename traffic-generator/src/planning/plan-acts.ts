/**
 * Plans a scenario: who does what when, as dice with a seed have it.
 *
 * Ordinary acts arrive as a Poisson process whose rate is that of the phase; instances of patterns begin at their times and
 * lie among them. Pure, and lazy: a plan of a day is not held in memory, and what is changed meanwhile takes effect at the
 * next step, of which none is longer than {@link STEP_MS}.
 */
import type { Scenario } from '../scenario/scenario.ts'
import { isClosing, type Act } from './act.ts'
import { Agenda } from './agenda.ts'
import type { Cast } from './cast.ts'
import { Draws } from './draws.ts'
import { OrdinaryActs } from './ordinary-acts.ts'
import { paceAt, type Steering } from './pace.ts'
import { Stage } from './stage.ts'
import { SuspiciousActs } from './suspicious-acts.ts'

/** So late may a change of the rate take effect: an arrival that was drawn is not waited for longer. */
const STEP_MS = 250
const EVERY_SPREAD = { min: 0.75, max: 1.25 }

/** A time to wait for, and what is to be done then, if anything is. */
export interface Step {
  readonly atMs: number
  readonly act?: Act
}

/** The acts of a plan in the order of their times. The same scenario, seed and cast give the same acts. */
export function* planActs(scenario: Scenario, seed: number, cast: Cast): Generator<Act, void> {
  for (const { act } of planSteps(scenario, seed, cast, {})) if (act !== undefined) yield act
}

/** @param steering  looked at before each step */
export function* planSteps(scenario: Scenario, seed: number, cast: Cast, steering: Steering): Generator<Step, void> {
  const stage = new Stage(scenario, cast)
  const agenda = new Agenda()
  const ordinary = new OrdinaryActs(stage, seed)
  const beginnings = scenario.patterns.map(
    (pattern, index) => new Beginnings(scenario, index, new SuspiciousActs(pattern, index, stage, seed), seed),
  )
  const arrivals = new Draws(seed, 'arrivals')
  let nowMs = 0
  /** Until the next arrival, in units of the mean distance at the rate that there is. */
  let left = arrivals.exponential()
  while (nowMs < scenario.duration && steering.isEnding !== true) {
    const { rate, mix, endMs } = paceAt(scenario, steering, nowMs)
    const horizonMs = Math.min(nowMs + STEP_MS, endMs)
    for (const one of beginnings) for (const act of one.until(horizonMs)) agenda.add(act)
    const arrivalMs = rate === 0 ? Infinity : nowMs + (left * 1000) / rate
    const nextMs = Math.min(horizonMs, arrivalMs, agenda.next?.atMs ?? Infinity)
    left -= ((nextMs - nowMs) * rate) / 1000
    nowMs = nextMs
    const due = agenda.next
    if (due !== undefined && due.atMs <= nowMs) {
      agenda.take()
      yield { atMs: due.atMs, act: due }
    } else if (arrivalMs <= nowMs) {
      left = arrivals.exponential()
      const [first, ...later] = ordinary.next(mix, nowMs)
      for (const act of later) agenda.add(act)
      yield { atMs: nowMs, ...(first === undefined ? {} : { act: first }) }
    } else {
      yield { atMs: nowMs }
    }
  }
  yield* ends(agenda, steering, nowMs)
}

/** What is open when the time is over, such as holds; at once, where the run is being ended. */
function* ends(agenda: Agenda, steering: Steering, nowMs: number): Generator<Step, void> {
  for (;;) {
    if (steering.isEnding === true) keepEnds(agenda)
    const act = agenda.next
    if (act === undefined) return
    const isLater = act.atMs > nowMs + STEP_MS && steering.isEnding !== true
    if (isLater) {
      nowMs += STEP_MS
      yield { atMs: nowMs }
      continue
    }
    agenda.take()
    if (steering.isEnding !== true) nowMs = act.atMs
    yield { atMs: Math.min(nowMs, act.atMs), act }
  }
}

/** Ends of what has begun: of a block that has not had its turn, there is none. */
function keepEnds(agenda: Agenda): void {
  const notBlocked = new Set<string>()
  agenda.keep((act) => {
    if (act.kind === 'block') notBlocked.add(act.account)
    return isClosing(act) && !(act.kind === 'unblock' && notBlocked.has(act.account))
  })
}

/** When the instances of one pattern begin. None begins that would not be over in time. */
class Beginnings {
  readonly #acts: SuspiciousActs
  readonly #lastMs: number
  readonly #times: Iterator<number, void>
  #nextMs: number

  constructor(scenario: Scenario, index: number, acts: SuspiciousActs, seed: number) {
    const { at, every, within } = scenario.patterns[index] ?? {}
    this.#acts = acts
    this.#lastMs = scenario.duration - (within ?? 0)
    const sorted = [...(at ?? [])].sort((one, other) => one - other)
    this.#times = every === undefined ? sorted.values() : again(every, new Draws(seed, `beginnings ${index}`))
    this.#nextMs = this.#take()
  }

  /** The acts of all instances that begin before that time. */
  *until(horizonMs: number): Generator<Act, void> {
    for (; this.#nextMs < horizonMs && this.#nextMs <= this.#lastMs; this.#nextMs = this.#take())
      yield* this.#acts.next(this.#nextMs)
  }

  #take(): number {
    const { value } = this.#times.next()
    return value ?? Infinity
  }
}

function* again(everyMs: number, draws: Draws): Generator<number, void> {
  for (let atMs = draws.uniform(0, everyMs); ; atMs += everyMs * draws.uniform(EVERY_SPREAD.min, EVERY_SPREAD.max))
    yield atMs
}
