import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { parseQuery } from '@paycluster/platform/http/validation'

const nothing = z.strictObject({})

/** @throws ProblemError `unknown_parameter` (400) when the request has a query at all */
export function refuseQuery(request: FastifyRequest): void {
  if (request.url.includes('?')) parseQuery(nothing, request.query)
}
