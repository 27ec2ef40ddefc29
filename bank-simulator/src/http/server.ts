/** Fastify as both ports of the bank have it: bounded, JSON alone, errors as problems. */
import fastify, { type FastifyInstance } from 'fastify'
import { parseJson } from '@paycluster/platform/http/json-body'
import type { Logger } from '@paycluster/platform/logging'
import { answerProblems } from './problem-answers.ts'

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
  })
  server.server.maxConnections = MAX_CONNECTIONS
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body: Buffer, done) => {
    try {
      done(null, parseJson(body))
    } catch (error) {
      done(error instanceof Error ? error : new SyntaxError('not JSON'))
    }
  })
  answerProblems(server, logger)
  return server
}
