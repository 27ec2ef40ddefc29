/**
 * Posts a batch for as long as it takes the primary to take it.
 *
 * Neither an outage nor contention is a fault of a command: trying again is all there is to do, and no payment goes to the
 * dead letters for it. The wait between two tries is bounded, and spread so that two workers that hold each other up do
 * not meet again; their number is not.
 */
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel'
import type { Batch, Poster, RefusedBatch } from './post-batch.ts'
import { postIsolating, type IsolatedBatch } from './post-isolating.ts'
import { classify } from './posting-errors.ts'

/** With cockatiel's decorrelated jitter. */
const BACKOFF = new ExponentialBackoff({ initialDelay: 50, maxDelay: 2_000 })

export interface Persistence {
  /** The try that follows is the last one. */
  readonly signal: AbortSignal
  /** A try failed, and another is to follow. */
  readonly onRetry: (error: unknown) => void
}

/** @throws what the last try threw, when the signal was given; and at once, what is poison without any command */
export function postUntilTaken(
  poster: Poster,
  batch: Batch,
  { signal, onRetry }: Persistence,
): Promise<IsolatedBatch | RefusedBatch> {
  const untilTaken = retry(
    handleWhen((error) => classify(error) !== 'poison'),
    { maxAttempts: Number.MAX_SAFE_INTEGER, backoff: BACKOFF },
  )
  untilTaken.onRetry((reason) => {
    onRetry('error' in reason ? reason.error : undefined)
  })
  return untilTaken.execute(() => postIsolating(poster, batch), signal)
}
