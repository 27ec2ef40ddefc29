/**
 * Times in cells that grow by an eighth of a doubling each: to add two histograms is to add their cells, so that an hour's
 * percentiles are those of its minutes put together, and each is off by 4.5 % at most, however long the time.
 */

const CELLS_PER_DOUBLING = 8
/** 45 days: longer than a hold stands. */
const LAST_CELL = 255
const ROUNDING = 100

/** The cell of a time: 0 for a millisecond or less. @param ms  0 at least */
export const cellOf = (ms: number): number =>
  ms <= 1 ? 0 : Math.min(LAST_CELL, Math.ceil(CELLS_PER_DOUBLING * Math.log2(ms)))

/** What a cell stands for, in milliseconds: its geometric middle. */
const valueOf = (cell: number): number =>
  cell === 0 ? 1 : Math.round(2 ** ((cell - 0.5) / CELLS_PER_DOUBLING) * ROUNDING) / ROUNDING

/** How many there are of each cell. */
export type Cells = ReadonlyMap<number, number>

/** Adds `more` to `cells`. */
export function addCells(cells: Map<number, number>, more: Iterable<readonly [number, number]>): void {
  for (const [cell, count] of more) cells.set(cell, (cells.get(cell) ?? 0) + count)
}

/**
 * The smallest times that these shares of all do not exceed.
 *
 * @param shares  above 0 and up to 1
 * @returns milliseconds, one by share; undefined where there is nothing
 */
export function percentiles(cells: Cells, shares: readonly number[]): number[] | undefined {
  const sorted = [...cells].filter(([, count]) => count > 0).sort(([a], [b]) => a - b)
  const total = sorted.reduce((sum, [, count]) => sum + count, 0)
  if (total === 0) return undefined
  return shares.map((share) => {
    let left = Math.ceil(share * total)
    const found = sorted.find(([, count]) => (left -= count) <= 0)
    return valueOf((found ?? sorted.at(-1) ?? [0])[0])
  })
}
