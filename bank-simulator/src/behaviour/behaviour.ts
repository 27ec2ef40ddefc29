/** What the bank does with one request that asks it to do something. */
import { z } from 'zod'
import { reasonSchema } from '../operations/operation.ts'
import { latencyMsSchema } from './latency.ts'

/** Answers that say nothing about the request; no money moves. */
const ERRORS = ['http_400', 'http_500'] as const
/** The same, with a time after which to come again. */
const REFUSALS = ['http_503', 'rate_limited'] as const
/** No answer; no money moves unless the name says so. */
const SILENCES = ['timeout', 'success_then_timeout', 'connection_reset'] as const

export const FAILURES = [...ERRORS, ...REFUSALS, ...SILENCES] as const

export const DEFAULT_REASON = 'insufficient_funds'
const MAX_SETTLE_AFTER_MS = 24 * 3_600_000

export const retryAfterSchema = z.int().min(0).max(86_400)
export const settleAfterMsSchema = z.int().min(0).max(MAX_SETTLE_AFTER_MS)

const errorSchema = z.strictObject({ kind: z.enum(ERRORS), latency_ms: latencyMsSchema.optional() })
const refusalSchema = z.strictObject({
  kind: z.enum(REFUSALS),
  retry_after_s: retryAfterSchema.default(1),
  latency_ms: latencyMsSchema.optional(),
})
const silenceSchema = z.strictObject({ kind: z.enum(SILENCES), latency_ms: latencyMsSchema.optional() })
const settleSchema = z.strictObject({ kind: z.literal('settle'), latency_ms: latencyMsSchema.optional() })
const declineSchema = z.strictObject({
  kind: z.literal('decline'),
  reason: reasonSchema.default(DEFAULT_REASON),
  latency_ms: latencyMsSchema.optional(),
})
/** 202 now; the end comes by itself. */
const pendingSchema = z.strictObject({
  kind: z.literal('pending'),
  settle_after_ms: settleAfterMsSchema.default(1000),
  /** Declined in the end, and why. */
  decline_reason: reasonSchema.optional(),
  latency_ms: latencyMsSchema.optional(),
})

export const behaviourSchema = z.discriminatedUnion('kind', [
  errorSchema,
  refusalSchema,
  silenceSchema,
  settleSchema,
  declineSchema,
  pendingSchema,
])

export type Behaviour = z.output<typeof behaviourSchema>

/** A step of a script: a behaviour, or its short form `http_503`, `decline:account_closed`. */
export const stepSchema = z.preprocess((step) => {
  if (typeof step !== 'string') return step
  const [kind, reason] = step.split(/:(.*)/s)
  return kind === 'decline' && reason !== undefined ? { kind, reason } : { kind: step }
}, behaviourSchema)
