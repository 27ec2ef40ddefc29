/**
 * When a call is made again, and after how long.
 *
 * Every call is safe to repeat: a GET changes nothing, a POST carries an idempotency key or has no further effect, and so
 * have PATCH and DELETE. Waits grow exponentially with full jitter (a random part of the whole), so that clients which failed
 * together do not come back together; a Retry-After is the least.
 */
export interface RetryPolicy {
  /** Of one call, the first one counted. */
  readonly maxAttempts: number
  /** The longest wait before the second attempt; it doubles from attempt to attempt. */
  readonly baseMs: number
  readonly maxBackoffMs: number
}

/** The waits together last 11 s on the average, twice as long as a service takes to start. */
export const DEFAULT_RETRIES: RetryPolicy = { maxAttempts: 10, baseMs: 100, maxBackoffMs: 5000 }

/** Answers after which the same request may do better, where they do not say so themselves: those of a proxy on the way. */
export const isRetryable = (status: number): boolean => [408, 429, 500, 502, 503, 504].includes(status)

/**
 * @param attempt  how many there were, from 1
 * @param retryAfterMs  what the answer asked for; 0 where it did not
 * @param random  0 ≤ random < 1
 */
export function backoffMs(policy: RetryPolicy, attempt: number, retryAfterMs: number, random: number): number {
  const bound = Math.min(policy.maxBackoffMs, policy.baseMs * 2 ** (attempt - 1))
  return retryAfterMs + random * bound
}

/** `Retry-After` (RFC 9110, 10.2.3): seconds, or a date. Whatever cannot be read is 0. */
export function retryAfterMs(header: string | null, nowMs: number): number {
  if (header === null) return 0
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs
  return Number.isFinite(ms) ? Math.max(0, ms) : 0
}
