/**
 * Whether two sets of runs differ by more than runs of one thing do: the Mann–Whitney U test, exact and two-sided. Pure.
 *
 * It asks for ranks alone: no shape of the noise is assumed, and one run that went wrong counts as one run. It is exact
 * because there are few runs: at four a side the normal approximation of statistics libraries says 0.021 for 0.029, and
 * permutations that are drawn by chance say something else each time.
 * H. B. Mann, D. R. Whitney, Annals of Mathematical Statistics 18 (1947)
 */

/** Two runs say nothing of how far runs of one thing lie apart: of two and two, one division in three is a whole one. */
export const MIN_RUNS = 3
/** The share of chance below which a difference is called one. */
export const SIGNIFICANT = 0.05

/**
 * @param a  at least one, in any unit
 * @returns the probability, 0 to 1, that two sets drawn from one thing lie as far apart as these or further
 */
export function exactP(a: readonly number[], b: readonly number[]): number {
  const ranks = doubledRanks([...a, ...b])
  const observed = sumOf(ranks.slice(0, a.length))
  // Twice the mean rank sum of any choice of so many.
  const expected = a.length * (a.length + b.length + 1)
  const distance = Math.abs(observed - expected)
  const ways = choicesByRankSum(ranks, a.length)
  let all = 0
  let asFar = 0
  for (const [sum, count] of ways) {
    all += count
    if (Math.abs(sum - expected) >= distance) asFar += count
  }
  return asFar / all
}

/** The least that so many runs can come to: when they lie wholly apart, without ties. */
export const smallestP = (a: number, b: number): number =>
  exactP(
    Array.from({ length: a }, (_, index) => index),
    Array.from({ length: b }, (_, index) => a + index),
  )

/** Ranks from 1, doubled so that those of ties, which share the mean of theirs, are whole. */
function doubledRanks(values: readonly number[]): number[] {
  const sorted = values.toSorted((x, y) => x - y)
  return values.map((value) => sorted.indexOf(value) + sorted.lastIndexOf(value) + 2)
}

/** How many choices of `count` ranks there are, by their sum: as many as there are ways to have called them a side. */
function choicesByRankSum(ranks: readonly number[], count: number): Map<number, number> {
  const byChosen = Array.from({ length: count + 1 }, () => new Map<number, number>())
  const [none = new Map<number, number>()] = byChosen
  none.set(0, 1)
  for (const rank of ranks)
    // Downwards, so that no rank is chosen twice.
    for (let chosen = count; chosen > 0; chosen--) addChoices(byChosen[chosen], byChosen[chosen - 1], rank)
  return byChosen[count] ?? none
}

function addChoices(to: Map<number, number> | undefined, from: Map<number, number> | undefined, rank: number): void {
  for (const [sum, ways] of from ?? []) to?.set(sum + rank, (to.get(sum + rank) ?? 0) + ways)
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)
