/** Errors at the edge: RFC 9457 problem details, with codes that clients may rely on. */
import { z } from 'zod'

interface ProblemKind {
  readonly status: number
  readonly title: string
  /** Whether the same request may succeed later. */
  readonly retryable: boolean
}

const kind = (status: number, title: string, retryable = false): ProblemKind => ({ status, title, retryable })

/** Every problem that the cluster answers with, by its stable code. */
export const PROBLEMS = {
  malformed_request: kind(400, 'The request cannot be read'),
  malformed_json: kind(400, 'The body is not JSON'),
  unknown_parameter: kind(400, 'Unknown query parameter'),
  invalid_parameter: kind(400, 'A query parameter is not valid'),
  invalid_cursor: kind(400, 'The cursor is not valid here'),
  invalid_consistency_token: kind(400, 'The consistency token cannot be read'),
  invalid_preference: kind(400, 'The Prefer header is not valid'),
  idempotency_key_missing: kind(400, 'Idempotency-Key is required'),
  idempotency_key_invalid: kind(400, 'Idempotency-Key is not valid'),
  unauthorized: kind(401, 'Authentication is required'),
  signature_missing: kind(401, 'This key demands a signature'),
  signature_invalid: kind(401, 'The signature does not match'),
  signature_expired: kind(401, 'The signature is too old or from the future'),
  forbidden: kind(403, 'The key lacks the scope'),
  not_found: kind(404, 'Not found'),
  method_not_allowed: kind(405, 'Method not allowed'),
  request_timeout: kind(408, 'The request took too long to arrive', true),
  payment_queued: kind(409, 'The payment is not posted yet', true),
  payment_not_capturable: kind(409, 'The payment cannot be captured or canceled'),
  key_inactive: kind(409, 'The key is revoked or has expired'),
  last_ops_key: kind(409, 'It is the last key that may operate the cluster'),
  dead_letter_not_replayable: kind(409, 'An event cannot be tried again'),
  dead_letter_closed: kind(409, 'The dead letter was replayed or discarded already'),
  hold_expired: kind(409, 'The hold has expired'),
  capture_exceeds_hold: kind(422, 'The amount is more than is held'),
  account_blocked: kind(422, 'An account is blocked'),
  limit_exceeded: kind(422, 'A balance would pass what an account can hold'),
  too_many_endpoints: kind(409, 'The client has as many webhook endpoints as it may'),
  too_many_secrets: kind(409, 'The endpoint has been given new secrets too often'),
  alert_resolved: kind(409, 'The alert is resolved already'),
  endpoint_disabled: kind(409, 'The webhook endpoint is disabled'),
  reconciliation_running: kind(409, 'A run of this kind is under way', true),
  statement_source_missing: kind(409, 'There is no bank to ask for a statement'),
  overdraft_in_use: kind(409, 'The account has used more than that overdraft'),
  idempotency_in_flight: kind(409, 'The same key is in flight', true),
  precondition_failed: kind(412, 'The condition does not hold'),
  payload_too_large: kind(413, 'The body is too large'),
  uri_too_long: kind(414, 'The address is too long'),
  unsupported_media_type: kind(415, 'The body must be application/json'),
  validation_failed: kind(422, 'The body is not valid'),
  statement_invalid: kind(422, 'The statement cannot be read'),
  client_name_taken: kind(422, 'Another client has this name'),
  idempotency_key_reused: kind(422, 'Idempotency-Key was used with another body'),
  headers_too_large: kind(431, 'The headers are too large'),
  rate_limited: kind(429, 'Too many requests', true),
  internal_error: kind(500, 'Internal error', true),
  not_implemented: kind(501, 'The request asks for what is not implemented'),
  bad_gateway: kind(502, 'A part of the cluster did not answer', true),
  overloaded: kind(503, 'The cluster takes no more right now', true),
  replica_lag: kind(503, 'No node has caught up with what the read has to reflect', true),
  unavailable: kind(503, 'A part of the cluster is away', true),
  gateway_timeout: kind(504, 'A part of the cluster did not answer in time', true),
} as const satisfies Record<string, ProblemKind>

/** A stable code of {@link PROBLEMS}. */
export type ProblemCode = keyof typeof PROBLEMS
export const PROBLEM_CODES = Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]

/** One field at fault: `pointer` is an RFC 6901 pointer into the body, or the name of a parameter. */
export const fieldErrorSchema = z.object({ pointer: z.string(), code: z.string(), detail: z.string() })
export type FieldError = z.infer<typeof fieldErrorSchema>

/** The body of every error answer, as `application/problem+json`. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    request_id: z.string(),
    retryable: z.boolean(),
    errors: z.array(fieldErrorSchema).optional(),
  })
  .meta({ id: 'Problem' })
export type Problem = z.infer<typeof problemSchema>
