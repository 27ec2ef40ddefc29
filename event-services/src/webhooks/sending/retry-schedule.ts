/** When a message that was not taken is sent again: the schedule that Standard Webhooks 1.0 publishes as its example. */

/** Seconds to wait before each attempt, from the first one on. */
export const STANDARD_SCHEDULE_S = [0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400] as const

/** Messages that failed together do not come again together: up to a tenth later. */
const JITTER = 0.1
/** What a receiver may ask for with `Retry-After`. */
const MAX_RETRY_AFTER_MS = 86_400_000

/**
 * @param scheduleS  see {@link STANDARD_SCHEDULE_S}
 * @param attempts  that were made, from 1
 * @param retryAfterMs  that the receiver asked for
 * @param random  from 0 to 1
 * @returns milliseconds until the next attempt; undefined when there is none
 */
export function nextAttemptMs(
  scheduleS: readonly number[],
  attempts: number,
  retryAfterMs = 0,
  random = Math.random(),
): number | undefined {
  const waitS = scheduleS[attempts]
  if (waitS === undefined) return undefined
  const waitMs = Math.round(waitS * 1000 * (1 + JITTER * random))
  return Math.max(waitMs, Math.min(retryAfterMs, MAX_RETRY_AFTER_MS))
}
