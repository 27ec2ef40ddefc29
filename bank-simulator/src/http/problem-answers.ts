import type { FastifyReply } from 'fastify'
import type { Logger } from '@paycluster/platform/logging'
import { BankProblem } from './bank-problem.ts'

/** Answers an error as problem+json; one that is a defect is logged, and answered with nothing of what it says. */
export function answerProblem(error: unknown, reply: FastifyReply, logger: Logger): FastifyReply {
  const problem = BankProblem.of(error)
  if (problem === undefined) logger.error({ err: error }, 'a request failed')
  const { status, retryAfterS, body } = problem ?? new BankProblem('internal_error', 'The request failed.')
  if (retryAfterS !== undefined) void reply.header('retry-after', retryAfterS)
  if (status === 401) void reply.header('www-authenticate', 'Bearer')
  return reply.status(status).type('application/problem+json').send(JSON.stringify(body))
}
