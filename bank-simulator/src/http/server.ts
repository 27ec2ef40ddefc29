/** Fastify as both ports of the bank have it: bounded, JSON alone, errors as problems. */
import fastify, { type FastifyInstance } from 'fastify'
import { answerClientError } from '@paycluster/platform/http/client-errors'
import { parseJson } from '@paycluster/platform/http/json-body'
import type { Logger } from '@paycluster/platform/logging'
import { BankProblem } from './bank-problem.ts'
import { answerProblem } from './problem-answers.ts'

const MAX_CONNECTIONS = 10_000
/** From the first byte of a request to its last. */
const REQUEST_TIMEOUT_MS = 10_000
const TIMEOUT_CHECK_MS = 1000

export function createServer(logger: Logger, bodyLimitBytes: number): FastifyInstance {
  const server = fastify({
    logger: false,
    bodyLimit: bodyLimitBytes,
    http: {
      requestTimeout: REQUEST_TIMEOUT_MS,
      headersTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    },
    requestTimeout: REQUEST_TIMEOUT_MS,
    return503OnClosing: false,
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
    throw new BankProblem('not_found', 'There is nothing at this address for this method.')
  })
  return server
}
