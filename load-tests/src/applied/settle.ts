/** Waits until every payment that was accepted is final, and tells what became of them. */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '@paycluster/cluster/cluster-error'
import { LoadError } from '../load-error.ts'
import { percentilesOf, type Percentiles } from '../report/percentile.ts'
import type { AcceptedPayment } from '../workload/run-settings.ts'
import type { FinalPayment, PaymentLookup } from './payment-lookup.ts'

export interface Accepted {
  readonly id: string
  readonly acceptedAtMs: number
}

export interface Settlement {
  /** What it was read from. */
  readonly source: PaymentLookup['source']
  readonly accepted: number
  readonly succeeded: number
  /** Declined payments by their failure's code. */
  readonly failed: Readonly<Record<string, number>>
  /** Accepted and not final when the wait was over. */
  readonly unsettled: readonly string[]
  /** From the last acceptance to the last posting, in seconds; undefined when something is not final. */
  readonly drainS: number | undefined
  /** Payments accepted in the window: acceptance to the begin of their batch's posting, in ms. */
  readonly posted: Percentiles | undefined
  /** Payments posted in the window, a second. */
  readonly committedPerS: number
}

export interface Window {
  readonly fromMs: number
  readonly toMs: number
}

const POLL_INTERVAL_MS = 100
/** The deadline of an accepted payment. */
const GIVE_UP_AFTER_MS = 60_000

/** The payments in k6's output; remarks stand between them. */
export async function readAccepted(path: string): Promise<Accepted[]> {
  const accepted: Accepted[] = []
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    if (!line.startsWith('{"id":')) continue
    const { id, accepted_at_ms } = JSON.parse(line) as AcceptedPayment
    accepted.push({ id, acceptedAtMs: accepted_at_ms })
  }
  return accepted
}

/**
 * Looks until all are final, or none became so for a minute, or the time given. A look that fails counts as one that found nothing: what the
 * load has knocked over may come back.
 *
 * @throws LoadError `unsettled` when the last look failed
 */
export async function settle(
  accepted: readonly Accepted[],
  lookup: PaymentLookup,
  window: Window,
  signal?: AbortSignal,
  giveUpAfterMs: number = GIVE_UP_AFTER_MS,
): Promise<Settlement> {
  const final = new Map<string, FinalPayment>()
  let open = accepted.map(({ id }) => id)
  let movedAtMs = performance.now()
  for (;;) {
    const before = final.size
    const failure = await look(open, lookup, final)
    open = open.filter((id) => !final.has(id))
    if (final.size > before) movedAtMs = performance.now()
    if (open.length === 0 || signal?.aborted === true || performance.now() - movedAtMs > giveUpAfterMs) {
      if (failure === undefined) return describe(accepted, final, open, lookup.source, window)
      throw new LoadError('unsettled', `what became of the payments cannot be seen: ${messageOf(failure)}`)
    }
    await sleep(POLL_INTERVAL_MS)
  }
}

/** @returns why it failed, if it did */
async function look(
  open: readonly string[],
  lookup: PaymentLookup,
  final: Map<string, FinalPayment>,
): Promise<unknown> {
  try {
    for (let from = 0; from < open.length; from += lookup.chunk)
      for (const payment of await lookup.find(open.slice(from, from + lookup.chunk))) final.set(payment.id, payment)
    return undefined
  } catch (error) {
    return error
  }
}

/** Pure. */
export function describe(
  accepted: readonly Accepted[],
  final: ReadonlyMap<string, FinalPayment>,
  unsettled: readonly string[],
  source: PaymentLookup['source'],
  { fromMs, toMs }: Window,
): Settlement {
  const failed: Record<string, number> = {}
  const latencies: number[] = []
  let lastAcceptedMs = -Infinity
  let lastPostedMs = -Infinity
  let postedInWindow = 0
  for (const { id, acceptedAtMs } of accepted) {
    lastAcceptedMs = Math.max(lastAcceptedMs, acceptedAtMs)
    const payment = final.get(id)
    if (payment === undefined) continue
    const { failure, createdAtMs, postedAtMs } = payment
    if (failure !== null) failed[failure] = (failed[failure] ?? 0) + 1
    lastPostedMs = Math.max(lastPostedMs, postedAtMs)
    if (postedAtMs >= fromMs && postedAtMs < toMs) postedInWindow++
    if (acceptedAtMs >= fromMs && acceptedAtMs < toMs) latencies.push(postedAtMs - createdAtMs)
  }
  const failures = Object.values(failed).reduce((sum, count) => sum + count, 0)
  return {
    source,
    accepted: accepted.length,
    succeeded: final.size - failures,
    failed,
    unsettled,
    drainS:
      unsettled.length > 0 || accepted.length === 0 ? undefined : Math.max(0, lastPostedMs - lastAcceptedMs) / 1000,
    posted: percentilesOf(latencies),
    committedPerS: toMs > fromMs ? (postedInWindow * 1000) / (toMs - fromMs) : 0,
  }
}
