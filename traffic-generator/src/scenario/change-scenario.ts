/** What a run may have otherwise than its scenario. */
import { MAX_RATE, peakRate, type Mix, type Scenario } from './scenario.ts'
import { ScenarioError } from './parse-scenario.ts'
import { MAX_SCENARIO_MS } from './patterns.ts'

export interface ScenarioChange {
  readonly seed?: number | undefined
  /** Acts a second outside of the phases; those that have a rate of their own keep their proportion to it. */
  readonly rate?: number | undefined
  /** In milliseconds. Phases, and times at which patterns begin, keep their proportion to it. */
  readonly duration?: number | undefined
  /** In all phases. */
  readonly mix?: Mix | undefined
}

/** @throws ScenarioError when the changed scenario would be out of bounds */
export function changeScenario(scenario: Scenario, change: ScenarioChange): Scenario {
  const { seed = scenario.seed, rate = scenario.rate, duration = scenario.duration, mix = scenario.mix } = change
  const faster = scenario.rate === 0 ? 1 : rate / scenario.rate
  const longer = duration / scenario.duration
  const changed: Scenario = {
    ...scenario,
    seed,
    rate,
    duration,
    mix,
    phases: scenario.phases.map((phase) => ({
      ...phase,
      duration: phase.duration * longer,
      ...(phase.rate === undefined ? {} : { rate: phase.rate * faster }),
      ...(change.mix === undefined ? {} : { mix: change.mix }),
    })),
    patterns: scenario.patterns.map((pattern) =>
      pattern.at === undefined ? pattern : { ...pattern, at: pattern.at.map((beginMs) => beginMs * longer) },
    ),
  }
  refuseExcess(changed)
  return changed
}

function refuseExcess(scenario: Scenario): void {
  const detail =
    peakRate(scenario) > MAX_RATE
      ? `makes more than ${MAX_RATE} acts a second`
      : scenario.duration > MAX_SCENARIO_MS
        ? 'makes it too long'
        : undefined
  if (detail !== undefined) throw new ScenarioError('the change', [{ pointer: '/rate', detail }])
}
