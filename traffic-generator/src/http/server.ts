/** Fastify as the generator's port has it: bounded, JSON alone, errors as problems. */
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import { answerClientError } from '@paycluster/platform/http/client-errors'
import { parseJson } from '@paycluster/platform/http/json-body'
import type { Logger } from '@paycluster/platform/logging'
import { TrafficProblem } from './traffic-problem.ts'

/** A scenario as text in JSON, where a line break is two characters. */
const BODY_LIMIT_BYTES = 256 * 1024
const MAX_CONNECTIONS = 200
/** From the first byte of a request to its last. */
const REQUEST_TIMEOUT_MS = 10_000
const TIMEOUT_CHECK_MS = 1000

export function createServer(logger: Logger): FastifyInstance {
  const server = fastify({
    logger: false,
    bodyLimit: BODY_LIMIT_BYTES,
    http: {
      requestTimeout: REQUEST_TIMEOUT_MS,
      headersTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    },
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
    clientErrorHandler: answerClientError,
    // An address that cannot be decoded is no route's.
    frameworkErrors: (error, _request, reply) => {
      answerProblem(error, reply, logger)
    },
  })
  server.server.maxConnections = MAX_CONNECTIONS
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body: Buffer, done) => {
    try {
      // A body of no bytes is none, whatever its type says.
      done(null, body.length === 0 ? undefined : parseJson(body))
    } catch (error) {
      done(error instanceof Error ? error : new SyntaxError('not JSON'))
    }
  })
  server.setErrorHandler((error, _request, reply) => answerProblem(error, reply, logger))
  server.setNotFoundHandler(() => {
    throw new TrafficProblem('not_found', 'There is nothing at this address for this method.')
  })
  return server
}

/** One that is a defect is logged, and answered with nothing of what it says. */
function answerProblem(error: unknown, reply: FastifyReply, logger: Logger): FastifyReply {
  const problem = TrafficProblem.of(error)
  if (problem === undefined) logger.error({ err: error }, 'a request failed')
  const { status, body } = problem ?? new TrafficProblem('internal_error', 'The request failed.')
  return reply.status(status).type('application/problem+json').send(JSON.stringify(body))
}
