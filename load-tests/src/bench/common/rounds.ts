/**
 * Measures several things against each other on a machine that is never quite quiet: all of them in every round, the order
 * turned round from one round to the next, so that a slow minute falls on all alike and nobody is always the first.
 */

/** One of the things that are compared. */
export interface Contestant<T> {
  readonly name: string
  readonly run: (round: number) => Promise<T>
}

/** What one contestant gave, round by round. */
export interface Measured<T> {
  readonly name: string
  readonly rounds: readonly T[]
}

/** @param stop  looked at before every measurement @throws the signal's reason */
export async function alternate<T>(
  contestants: readonly Contestant<T>[],
  rounds: number,
  stop: AbortSignal,
): Promise<Measured<T>[]> {
  const results = contestants.map(({ name }) => ({ name, rounds: [] as T[] }))
  for (let round = 0; round < rounds; round++) {
    for (const index of orderOf(contestants.length, round)) {
      stop.throwIfAborted()
      const result = await contestants[index]?.run(round)
      if (result !== undefined) results[index]?.rounds.push(result)
    }
  }
  return results
}

/** There and back: 0 1 2, 2 1 0, 0 1 2 … */
export function orderOf(count: number, round: number): number[] {
  const order = Array.from({ length: count }, (_, index) => index)
  return round % 2 === 0 ? order : order.reverse()
}

/** The middle of several measurements, and how far they lie apart. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** @param values  at least one */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  const [below, above] = [sorted[Math.floor(middle)] ?? NaN, sorted[Math.ceil(middle)] ?? NaN]
  return { median: (below + above) / 2, min: sorted[0] ?? NaN, max: sorted.at(-1) ?? NaN }
}

/** Round against round: what was slow for both cancels out. Rounds that one of the two lacks are left out. */
export function ratioOf(values: readonly number[], baseline: readonly number[]): Spread {
  const count = Math.min(values.length, baseline.length)
  return spreadOf(Array.from({ length: count }, (_, round) => (values[round] ?? NaN) / (baseline[round] ?? NaN)))
}
