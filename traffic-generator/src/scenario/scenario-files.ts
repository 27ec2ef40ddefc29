/** The scenarios that come with the generator. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseScenarioText } from './parse-scenario.ts'
import type { Scenario } from './scenario.ts'

/** Beside `src/` and `dist/`. */
const FOLDER = join(import.meta.dirname, '../../scenarios')
export const SHIPPED = ['black-friday', 'calm', 'fraud', 'soak'] as const

/** A shipped scenario; undefined where there is none of that name. */
export function shippedScenario(name: string): Scenario | undefined {
  const known = SHIPPED.find((one) => one === name)
  if (known === undefined) return undefined
  const file = `${known}.yaml`
  return parseScenarioText(readFileSync(join(FOLDER, file), 'utf8'), file)
}

export const shippedScenarios = (): Scenario[] => SHIPPED.flatMap((name) => shippedScenario(name) ?? [])
