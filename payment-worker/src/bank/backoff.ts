/**
 * Exponential backoff with full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"): tasks that failed
 * together do not come again together.
 */
export interface BackoffSettings {
  readonly baseMs: number
  readonly capMs: number
}

/** 2^30 times any base is past every cap. */
const MAX_DOUBLINGS = 30

/**
 * @param attempts  that were made, from 1
 * @param random  from 0 to 1
 * @returns milliseconds, from 1 to the cap
 */
export function backoffMs({ baseMs, capMs }: BackoffSettings, attempts: number, random = Math.random()): number {
  const ceiling = Math.min(capMs, baseMs * 2 ** Math.min(attempts, MAX_DOUBLINGS))
  return Math.max(1, Math.round(ceiling * random))
}
