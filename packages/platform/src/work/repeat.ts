import { setTimeout as delay } from 'node:timers/promises'

export interface Repetition {
  /** Ends it, also in the middle of a rest. */
  readonly signal: AbortSignal
  /** Between the end of one time and the next one. */
  readonly restMs: number
  /** What failed is done again after the same rest. */
  readonly onError: (error: unknown) => void | Promise<void>
}

/**
 * Does the same again and again, never twice at once.
 *
 * @param work  a number that it resolves to is how long to rest this time, in milliseconds
 * @returns resolves when the signal was given and what was under way is over
 */
export async function repeat(work: () => Promise<unknown>, { signal, restMs, onError }: Repetition): Promise<void> {
  while (!signal.aborted) {
    let nextRestMs = restMs
    try {
      const asked = await work()
      if (typeof asked === 'number') nextRestMs = asked
    } catch (error) {
      await onError(error)
    }
    if (nextRestMs > 0) await delay(nextRestMs, undefined, { signal }).catch(() => undefined)
  }
}
