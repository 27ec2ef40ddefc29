/** Tests wait on conditions, with a bound; none sleeps a fixed time. */
import { setTimeout as sleep } from 'node:timers/promises'

export interface WaitOptions {
  /** Default 10 s: a bound for what went wrong, not an expectation of how long it takes. */
  readonly timeoutMs?: number
  readonly intervalMs?: number
}

/**
 * Probes until the condition holds, and returns what the probe returned.
 *
 * @param what  for the message: "waited 10 s for <what>: <what the last probe said>"
 * @param probe  undefined, null, false or an error mean "not yet"
 * @throws Error with the last reason when time is over
 */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  options: WaitOptions = {},
): Promise<T> {
  const { timeoutMs = 10_000, intervalMs = 20 } = options
  const deadlineMs = performance.now() + timeoutMs
  for (;;) {
    let reason: unknown
    try {
      const found = await probe()
      if (found !== undefined && found !== null && found !== false) return found
      reason = String(found)
    } catch (error) {
      reason = error
    }
    if (performance.now() >= deadlineMs) {
      const said = reason instanceof Error ? reason.message : String(reason)
      throw new Error(`waited ${timeoutMs / 1000} s for ${what}: ${said}`, { cause: reason })
    }
    await sleep(intervalMs)
  }
}
