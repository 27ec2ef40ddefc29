/** When a node that ended by itself starts again: soon, then less soon, then not at all. Pure. */

const FIRST_DELAY_MS = 100
const MAX_DELAY_MS = 5000

export interface RestartLimits {
  /** Restarts within the window before the node counts as failed. */
  readonly maxRestarts: number
  readonly windowMs: number
}

/**
 * @param ends  when the node ended by itself, in ms of one clock, the latest last
 * @returns how long to wait, in ms, or undefined when it has ended too often
 */
export function restartDelayMs(ends: readonly number[], limits: RestartLimits): number | undefined {
  const latest = ends.at(-1)
  if (latest === undefined) return 0
  const recent = ends.filter((at) => latest - at < limits.windowMs).length
  if (recent > limits.maxRestarts) return undefined
  return Math.min(FIRST_DELAY_MS * 2 ** (recent - 1), MAX_DELAY_MS)
}
