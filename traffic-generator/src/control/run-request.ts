/** Bodies of the API, and what they ask for. */
import { z } from 'zod'
import { changeScenario } from '../scenario/change-scenario.ts'
import { parseScenarioObject, parseScenarioText, ScenarioError } from '../scenario/parse-scenario.ts'
import { lengthSchema, mixSchema, rateSchema, SCENARIO_NAME, seedSchema, type Scenario } from '../scenario/scenario.ts'
import { SHIPPED, shippedScenario } from '../scenario/scenario-files.ts'
import { TrafficProblem } from '../http/traffic-problem.ts'

const MAX_ERRORS = 20

const runRequestSchema = z.strictObject({
  scenario: z.union([z.string(), z.looseObject({})], { error: 'must be a name, YAML, or an object' }),
  seed: seedSchema.optional(),
  rate: rateSchema.optional(),
  duration: lengthSchema.optional(),
  mix: mixSchema.optional(),
})
/** Null is the scenario's own again. */
const runChangeSchema = z
  .strictObject({ rate: rateSchema.nullable().optional(), mix: mixSchema.nullable().optional() })
  .refine(({ rate, mix }) => rate !== undefined || mix !== undefined, { error: 'has neither rate nor mix' })

export type RunChangeBody = z.output<typeof runChangeSchema>

/** @throws TrafficProblem `validation_failed`, `unknown_scenario`, `invalid_scenario` (422) */
export function readRunRequest(body: unknown): Scenario {
  const { scenario, ...change } = parseBody(runRequestSchema, body)
  try {
    return changeScenario(readScenario(scenario), change)
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error
    throw new TrafficProblem('invalid_scenario', error.message, error.faults)
  }
}

/** @throws TrafficProblem `validation_failed` (422) */
export const readRunChange = (body: unknown): RunChangeBody => parseBody(runChangeSchema, body)

/** @throws TrafficProblem `unknown_scenario` · ScenarioError */
function readScenario(given: string | object): Scenario {
  if (typeof given !== 'string') return parseScenarioObject(given, 'scenario')
  if (!SCENARIO_NAME.test(given)) return parseScenarioText(given, 'scenario')
  const shipped = shippedScenario(given)
  if (shipped !== undefined) return shipped
  throw new TrafficProblem('unknown_scenario', `There is no scenario ${given}: ${SHIPPED.join(', ')}.`, [
    { pointer: '/scenario', detail: 'is not the name of a scenario' },
  ])
}

function parseBody<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const errors = parsed.error.issues.slice(0, MAX_ERRORS).map(({ path, message }) => ({
    pointer: path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
    detail: message,
  }))
  throw new TrafficProblem('validation_failed', 'The body does not fit its schema.', errors)
}
