import type { FastifyRequest } from 'fastify'
import { rawBodyOf } from '@paycluster/platform/http/json-body'
import { ProblemError } from '@paycluster/platform/problem-error'

/** @throws ProblemError `unknown_parameter` (400) when the request has a query at all */
export function refuseQuery({ url }: FastifyRequest): void {
  if (url.includes('?')) throw new ProblemError('unknown_parameter', 'Query parameters are not known here.')
}

/**
 * The parsed body. @param isOptional  no body is the same as an empty object
 * @throws ProblemError `malformed_json` (400)
 */
export function bodyOf(request: FastifyRequest, { isOptional = false } = {}): unknown {
  if (rawBodyOf(request) !== undefined) return request.body
  if (isOptional) return {}
  throw new ProblemError('malformed_json', 'The request has no body.')
}
