/** Bounds the time of requests where the server itself, which has one bound for all, has to leave some of them longer. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ProblemError } from '../problem-error.ts'
import type { ProblemAnswers } from './problem-answers.ts'

/**
 * A request that has not arrived as a whole by then is answered 408, and its connection is closed.
 *
 * @param mayBeSlow  for which of them the server's own bound counts
 */
export function boundRequests(
  server: FastifyInstance,
  problems: ProblemAnswers,
  timeoutMs: number,
  mayBeSlow: (request: FastifyRequest) => boolean,
): void {
  server.addHook('onRequest', (request, reply, done) => {
    done()
    if (request.raw.complete || mayBeSlow(request)) return
    const timer = setTimeout(() => {
      if (request.raw.complete || reply.sent) return
      const problem = new ProblemError('request_timeout', 'The request did not arrive in time.')
      const { status, headers, body } = problems.answerTo(problem, request.id)
      reply.hijack()
      reply.raw.writeHead(status, { ...headers, 'x-request-id': request.id, connection: 'close' })
      reply.raw.end(body, () => request.raw.destroy())
    }, timeoutMs)
    request.raw.once('close', () => {
      clearTimeout(timer)
    })
    request.raw.once('end', () => {
      clearTimeout(timer)
    })
  })
}
