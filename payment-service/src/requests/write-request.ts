import type { FastifyRequest } from 'fastify'
import type { Identity } from '@paycluster/contracts'
import { callerOf } from '@paycluster/platform/http/caller'
import { rawBodyOf } from '@paycluster/platform/http/json-body'
import { ProblemError } from '@paycluster/platform/problem-error'
import { readIdempotencyKey } from '@paycluster/platform/http/idempotency-key'
import { readWaitPreference } from './prefer.ts'

/** A POST as the decisions see it, free of the framework. */
export interface WriteRequest {
  readonly identity: Identity
  /** Parsed, not validated. */
  readonly body: unknown
  readonly idempotencyKey: string | undefined
  /** Undefined when the client has no preference. */
  readonly waitS: number | undefined
  /** What travels with the command through Kafka: the request's id and its trace. */
  readonly context: Readonly<Record<string, string>>
}

/** W3C Trace Context, version 00 and any later one of the same form. */
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}/
const MAX_TRACEPARENT_LENGTH = 100

/** The largest valid body of anything but a batch, spelled in \u escapes throughout, has 56 kB. */
const MAX_BODY_BYTES = 64 * 1024

interface BodyRules {
  readonly maxBytes?: number
  /** No body is the same as an empty object. */
  readonly isOptional?: boolean
}

/**
 * Reads what every write has in common.
 *
 * @throws ProblemError `unknown_parameter`, `malformed_json`, `idempotency_key_invalid`, `invalid_preference` (400) ·
 * `payload_too_large` (413)
 */
export function readWriteRequest(
  request: FastifyRequest,
  { maxBytes = MAX_BODY_BYTES, isOptional = false }: BodyRules = {},
): WriteRequest {
  if (request.url.includes('?')) throw new ProblemError('unknown_parameter', 'A POST takes no query parameters.')
  const bytes = rawBodyOf(request)?.length
  if (bytes === undefined && !isOptional) throw new ProblemError('malformed_json', 'The request has no body.')
  if (bytes !== undefined && bytes > maxBytes)
    throw new ProblemError('payload_too_large', `The body may have ${maxBytes} bytes.`)
  const { headers } = request
  const { traceparent } = headers
  return {
    identity: callerOf(request),
    body: bytes === undefined ? {} : request.body,
    idempotencyKey: readIdempotencyKey(headers['idempotency-key']),
    waitS: readWaitPreference(headers.prefer),
    context: {
      'x-request-id': request.id,
      ...(isTraceparent(traceparent) ? { traceparent } : {}),
    },
  }
}

const isTraceparent = (header: string | string[] | undefined): header is string =>
  typeof header === 'string' && header.length <= MAX_TRACEPARENT_LENGTH && TRACEPARENT.test(header)
