/** The headers of requests and answers, as the documentation shows them. What refuses them are the services. */
import { z } from 'zod'
import { timeSchema } from '../text.ts'
import { EXAMPLE_IDS } from '../ids.ts'

const text = (description: string, example: string) => z.string().meta({ description, example })

const EXAMPLE_TOKEN = `1.1.5f3a2c8.${EXAMPLE_IDS.customer.slice(4, 30)}:7`
const requestId = text('The client’s, if it sent one of 1 to 128 characters of `A-Za-z0-9_.:/+=-`', 'order-1042-a')
const consistencyToken = z
  .string()
  .max(1024)
  .regex(/^1\.[0-9a-f]{1,8}\.[0-9a-f]{1,16}(\.[0-9a-hjkmnp-tv-z]{26}:[0-9a-z]{1,11})*$/)

/** What every request may carry. */
export const requestHeaders = {
  'X-Request-Id': requestId.optional(),
  traceparent: text('W3C Trace Context', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01').optional(),
}

const ifNoneMatch = text('An ETag of an earlier answer: 304 when nothing has changed', '"7"').optional()

/** Of a read that is never older than the last change. */
export const currentReadHeaders = { ...requestHeaders, 'If-None-Match': ifNoneMatch }

export const readHeaders = {
  ...currentReadHeaders,
  'Consistency-Token': consistencyToken.optional().meta({
    description: 'Of an earlier answer: this one reflects at least that state, or is 503 `replica_lag`',
    example: EXAMPLE_TOKEN,
  }),
}

const idempotencyKey = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[!-~]+$/)
  .meta({
    description: 'The same key stands for the same request, for ever: sent again, it does nothing a second time',
    example: 'order-1042',
  })

const writeHeaders = {
  ...requestHeaders,
  Prefer: text('`wait=N`: wait up to N seconds, 10 at most, for the final state', 'wait=5').optional(),
}
/** A write that moves money. */
export const moneyHeaders = { ...writeHeaders, 'Idempotency-Key': idempotencyKey }
/** A write that moves none: without a key, a repetition is another request. */
export const otherWriteHeaders = { ...writeHeaders, 'Idempotency-Key': idempotencyKey.optional() }

/** What every answer carries. */
export const answerHeaders = { 'X-Request-Id': requestId }

/** Of what is kept nowhere. */
export const liveAnswerHeaders = {
  ...answerHeaders,
  'X-As-Of': timeSchema.meta({ description: 'When it was looked up' }),
  'Cache-Control': text('It is another one a moment later', 'no-store'),
}

/** Where a read comes from and how old it may be. */
export const currentAnswerHeaders = {
  ...answerHeaders,
  'X-Data-Source': z
    .string()
    .regex(/^(cache|primary|replica:.+)$/)
    .meta({ description: 'Who answered: `cache`, `primary` or `replica:<name>`', example: 'cache' }),
  'X-As-Of': timeSchema.meta({ description: 'When this state was last known to be current' }),
  ETag: text('The version of what is answered, or a digest where there is none', '"7"'),
  'Cache-Control': text('A client may keep the answer, and must ask each time', 'private, no-cache'),
}

export const readAnswerHeaders = {
  ...currentAnswerHeaders,
  'Consistency-Token': consistencyToken.meta({
    description: 'The state that this answer reflects; send it with the next read to see no older one',
    example: EXAMPLE_TOKEN,
  }),
}

const location = text('Where to read it', `/v1/payments/${EXAMPLE_IDS.payment}`)
const replayed = z
  .literal('true')
  .optional()
  .meta({ description: 'The Idempotency-Key was known: nothing was done a second time' })
const applied = z.string().optional().meta({ description: 'The wait that was granted', example: 'wait=5' })

/** Of what is made at once. */
export const createdHeaders = { Location: location, 'Idempotent-Replayed': replayed }
/** Of a run that is under way. */
export const runHeaders = {
  Location: text('Where to read it', `/v1/ops/reconciliation/runs/${EXAMPLE_IDS.reconciliationRun}`),
}
/** Of a request that a repetition may be told from. */
export const optionalKeyHeaders = { 'Idempotency-Key': idempotencyKey.optional() }

export const acceptedHeaders = {
  ...answerHeaders,
  Location: location,
  'Idempotent-Replayed': replayed,
  'Preference-Applied': applied,
}
export const finalHeaders = {
  ...acceptedHeaders,
  'Consistency-Token': consistencyToken.meta({
    description: 'Send it with the next read to see what this write did',
    example: EXAMPLE_TOKEN,
  }),
}

/** What a problem of a status carries besides. */
export const problemHeaders: Readonly<Record<number, z.ZodRawShape>> = {
  401: { 'WWW-Authenticate': text('How to authenticate', 'Bearer') },
  429: { 'Retry-After': text('Seconds after which to go on', '1') },
  502: { 'Retry-After': text('Seconds after which to repeat it', '1') },
  503: { 'Retry-After': text('Seconds after which to repeat it', '1') },
  504: { 'Retry-After': text('Seconds after which to repeat it', '1') },
}
