/** Statements as bodies of requests: handed on as they come, and for as long as they take. */
import type { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ProblemError } from '@paycluster/platform/problem-error'

const STATEMENT_ROUTE = '/v1/ops/reconciliation/statements/:day'
const CSV = 'text/csv'

/** For 256 MiB at a third of a megabyte a second: a machine that is busy reads 3,300 lines. */
export const STATEMENT_TIMEOUT_MS = 900_000

/** On the one route that takes CSV its body is a stream. Elsewhere CSV is 415, as everything is that is not JSON. */
export function streamStatements(server: FastifyInstance): void {
  server.addContentTypeParser(CSV, (request, payload, done) => {
    if (request.routeOptions.url === STATEMENT_ROUTE) done(null, payload)
    else done(new ProblemError('unsupported_media_type', 'The body must be application/json.'), undefined)
  })
}

/** Whether a request may take its time. */
export const isStatement = ({ routeOptions }: FastifyRequest): boolean => routeOptions.url === STATEMENT_ROUTE

/** @throws ProblemError `unsupported_media_type` (415) for anything but CSV, `malformed_request` (400) for no body at all */
export function statementOf({ body, headers }: FastifyRequest): Readable {
  if (typeof body === 'object' && body !== null && 'pipe' in body) return body as Readable
  if (headers['content-type'] === undefined) throw new ProblemError('malformed_request', 'The request has no body.')
  throw new ProblemError('unsupported_media_type', 'The body must be text/csv.')
}
