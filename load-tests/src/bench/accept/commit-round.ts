/** Payments through the gateway to their commit: accepted by many clients at once, and posted by the workers meanwhile. */
import type pg from 'pg'
import { openLookup } from '../../applied/payment-lookup.ts'
import { LoadError } from '../../load-error.ts'
import type { LocalCluster, Target } from '../../target/target.ts'
import { postedCommands, watchDrain, type Look } from '../backlog/drain.ts'
import { drive, type Driven } from '../common/drive.ts'
import type { Payer } from './payer.ts'

export interface CommitRound {
  readonly accepted: Driven
  /** From the first request to the look that found all of them posted: a twentieth of a second late, at most. */
  readonly committedPerS: number
  /** From the last 202 to there. */
  readonly drainS: number
}

export interface CommitStage {
  readonly target: Target & { readonly cluster: LocalCluster }
  readonly monitor: pg.Client
  readonly payer: Payer
  readonly stop: AbortSignal
}

/** What is sent in a round. */
export interface CommitWork {
  /** Requests under way at once. */
  readonly concurrency: number
  /** In all: each is one message in the log. */
  readonly requests: number
  readonly send: () => Promise<void>
  /** The ids of the payments that were made, by their numbers. */
  readonly idsOf: (from: number, to: number) => string[]
}

/**
 * @returns rates of requests
 * @throws LoadError `wrong_ledger` when one of them was not posted as it should
 */
export async function commitRound(
  { target, monitor, payer, stop }: CommitStage,
  { concurrency, requests, send, idsOf }: CommitWork,
): Promise<CommitRound> {
  const first = payer.paid
  const postedBefore = await postedCommands(monitor)
  const giveUp = new AbortController()
  const fromMs = performance.now()
  const watch = watchDrain(
    () => postedCommands(monitor),
    postedBefore + requests,
    AbortSignal.any([stop, giveUp.signal]),
  )
  const accepted = await acceptAll(watch, giveUp, () => drive(concurrency, requests, send, stop))
  const acceptedAtMs = performance.now()
  const postedAtMs = (await watch).at(-1)?.atMs ?? NaN
  await requireSucceeded(target, idsOf(first, payer.paid))
  return {
    accepted,
    committedPerS: requests / ((postedAtMs - fromMs) / 1000),
    drainS: Math.max(0, (postedAtMs - acceptedAtMs) / 1000),
  }
}

/** When payments fail, nobody waits for their posting. */
async function acceptAll(
  watch: Promise<readonly Look[]>,
  giveUp: AbortController,
  accept: () => Promise<Driven>,
): Promise<Driven> {
  try {
    return await accept()
  } catch (error) {
    giveUp.abort()
    await watch.catch(() => undefined)
    throw error
  }
}

/** @throws LoadError `wrong_ledger` */
export async function requireSucceeded(target: Target, ids: readonly string[]): Promise<void> {
  const lookup = openLookup(target)
  try {
    let succeeded = 0
    for (let from = 0; from < ids.length; from += lookup.chunk) {
      const found = await lookup.find(ids.slice(from, from + lookup.chunk))
      succeeded += found.filter(({ status }) => status === 'succeeded').length
    }
    if (succeeded !== ids.length)
      throw new LoadError('wrong_ledger', `${succeeded} of ${ids.length} accepted payments succeeded`)
  } finally {
    await lookup.close()
  }
}
