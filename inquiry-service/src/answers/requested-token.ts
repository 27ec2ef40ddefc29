import type { IncomingHttpHeaders } from 'node:http'
import {
  CONSISTENCY_TOKEN_HEADER,
  parseConsistencyToken,
  type ConsistencyToken,
} from '@paycluster/platform/consistency/consistency-token'
import { ProblemError } from '@paycluster/platform/problem-error'

/**
 * The consistency token that the request carries, if it does.
 *
 * @throws ProblemError `invalid_consistency_token` (400)
 */
export function requestedToken(headers: IncomingHttpHeaders): ConsistencyToken | undefined {
  const text = headers[CONSISTENCY_TOKEN_HEADER]
  if (text === undefined) return undefined
  const token = typeof text === 'string' ? parseConsistencyToken(text) : undefined
  if (token === undefined)
    throw new ProblemError('invalid_consistency_token', 'The header Consistency-Token is not one of this cluster.')
  return token
}
