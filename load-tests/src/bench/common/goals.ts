/** What a bench is expected to reach on a machine of two cores. */
import type { Spread } from './rounds.ts'

export interface Goal {
  readonly what: string
  readonly unit: string
  readonly atLeast?: number
  readonly atMost?: number
}

export interface JudgedGoal extends Goal {
  /** The median of the rounds. */
  readonly measured: number
  readonly isReached: boolean
}

/** Pure. A median that is no number is no success. */
export function judge(goal: Goal, { median }: Pick<Spread, 'median'>): JudgedGoal {
  const { atLeast = -Infinity, atMost = Infinity } = goal
  return { ...goal, measured: median, isReached: median >= atLeast && median <= atMost }
}
