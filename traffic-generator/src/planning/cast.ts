/** Who takes part in a run: accounts of one client, all of one currency. */
import { customersOf } from '../scenario/patterns.ts'
import type { Scenario } from '../scenario/scenario.ts'

export interface Cast {
  readonly currency: string
  readonly customers: readonly string[]
  readonly merchants: readonly string[]
}

/** Why the cast is not enough for the scenario; undefined when it is. */
export function shortage(scenario: Scenario, { customers, merchants }: Cast): string | undefined {
  const needed = Math.max(2, ...scenario.patterns.map(customersOf))
  if (customers.length < needed) return `the scenario needs ${needed} customers, and there are ${customers.length}`
  if (merchants.length === 0) return 'the scenario needs a merchant'
  return undefined
}
