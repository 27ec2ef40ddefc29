/** How the bank behaves when no script says otherwise. */
import { z } from 'zod'
import { DEFAULT_REASON, FAILURES, retryAfterSchema, settleAfterMsSchema, type Behaviour } from './behaviour.ts'
import { latencySchema } from './latency.ts'

const MAX_CALLBACK_COPIES = 10
const shareSchema = z.number().min(0).max(1)

const failureSchema = z
  .strictObject({
    kind: z.enum(['none', ...FAILURES, 'down']),
    /** Of the requests. */
    share: shareSchema.default(1),
    retry_after_s: retryAfterSchema.optional(),
  })
  .refine(({ kind, share }) => kind !== 'down' || share === 1, {
    error: 'a bank that is down is down for everybody',
    path: ['share'],
  })
  .refine(({ kind, retry_after_s }) => retry_after_s === undefined || kind === 'rate_limited' || kind === 'http_503', {
    error: 'belongs to rate_limited and http_503',
    path: ['retry_after_s'],
  })

export const modeSchema = z.strictObject({
  latency_ms: latencySchema,
  failure: failureSchema,
  /** Of what does not fail: declined at once, or in the end when it is pending. */
  decline_share: shareSchema,
  pending: z.strictObject({ share: shareSchema, settle_after_ms: settleAfterMsSchema.default(1000) }),
  callbacks: z.enum(['pending', 'all']),
  callback_copies: z.int().min(1).max(MAX_CALLBACK_COPIES),
})

/** A part that is given replaces that part. */
export const modeChangeSchema = modeSchema.partial()

export type Mode = z.output<typeof modeSchema>

export const DEFAULT_MODE: Mode = {
  latency_ms: { distribution: 'fixed', value: 20 },
  failure: { kind: 'none', share: 1 },
  decline_share: 0,
  pending: { share: 0, settle_after_ms: 1000 },
  callbacks: 'pending',
  callback_copies: 1,
}

/** Uniform numbers, 0 ≤ x < 1, of one request. */
export interface Draws {
  readonly failure: number
  readonly decline: number
  readonly pending: number
}

/** What the mode does with a request that has drawn these numbers. */
export function behaviourIn({ failure, decline_share, pending }: Mode, draws: Draws): Behaviour {
  const { kind } = failure
  if (kind !== 'none' && kind !== 'down' && draws.failure < failure.share) {
    if (kind === 'http_503' || kind === 'rate_limited') return { kind, retry_after_s: failure.retry_after_s ?? 1 }
    return { kind }
  }
  const isDeclined = draws.decline < decline_share
  if (draws.pending < pending.share) {
    const { settle_after_ms } = pending
    return { kind: 'pending', settle_after_ms, ...(isDeclined ? { decline_reason: DEFAULT_REASON } : {}) }
  }
  return isDeclined ? { kind: 'decline', reason: DEFAULT_REASON } : { kind: 'settle' }
}
