/** When a node that ended by itself starts again: soon, then less and less soon, never not at all. Pure. */

const FIRST_DELAY_MS = 100
const MAX_QUICK_DELAY_MS = 5000

export interface RestartLimits {
  /** Ends in a row after which it may take longer than 5 s to the next start. */
  readonly maxRestarts: number
  /** A node that was ready for this long has recovered: the next end counts as the first. Also the longest delay. */
  readonly windowMs: number
}

/**
 * @param ends  how often in a row the node has ended by itself without having recovered in between, from 1
 * @returns how long to wait, in ms
 */
export function restartDelayMs(ends: number, limits: RestartLimits): number {
  const most = ends <= limits.maxRestarts ? MAX_QUICK_DELAY_MS : Math.max(MAX_QUICK_DELAY_MS, limits.windowMs)
  return Math.min(FIRST_DELAY_MS * 2 ** (ends - 1), most)
}
