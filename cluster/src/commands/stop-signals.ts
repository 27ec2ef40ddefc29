/** Ctrl-C and its kin: the first asks for an orderly stop, a second one hurries it. */

/**
 * One Ctrl-C arrives more than once: the terminal sends it to every process of the foreground, and bootstrap.mjs passes it
 * on. What comes within this time is the same one.
 */
const SAME_SIGNAL_MS = 400

/** The exit code that a shell reports for a command which Ctrl-C ended. */
export const INTERRUPTED = 130

export interface StopSignals {
  readonly stop: AbortController
  readonly hurry: AbortController
}

/** @param onHurry  told when the second one comes */
export function stopOnSignals(onHurry: () => void): StopSignals {
  const stop = new AbortController()
  const hurry = new AbortController()
  let lastAt = -Infinity
  const onSignal = (): void => {
    const again = performance.now() - lastAt < SAME_SIGNAL_MS
    lastAt = performance.now()
    if (again) return
    if (!stop.signal.aborted) {
      stop.abort()
      return
    }
    onHurry()
    hurry.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  return { stop, hurry }
}
