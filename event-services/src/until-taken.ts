import { ExponentialBackoff, handleAll, retry } from 'cockatiel'

const BACKOFF = new ExponentialBackoff({ initialDelay: 100, maxDelay: 5_000 })

/**
 * Does what a listener does with a batch until it succeeds: what could not be kept is not left behind.
 *
 * @returns undefined when the batch is no longer this process's before that
 */
export async function untilTaken<T>(
  take: () => Promise<T>,
  signal: AbortSignal,
  onRetry: (error: unknown) => void,
): Promise<{ readonly result: T } | undefined> {
  const policy = retry(handleAll, { maxAttempts: Number.MAX_SAFE_INTEGER, backoff: BACKOFF })
  policy.onRetry((reason) => {
    onRetry('error' in reason ? reason.error : reason)
  })
  try {
    return { result: await policy.execute(take, signal) }
  } catch (error) {
    if (signal.aborted) return undefined
    throw error
  }
}
