import type { FastifyReply } from 'fastify'
import { BankProblem } from '../http/bank-problem.ts'
import type { Operation } from './operation.ts'

/**
 * Answers a request with its operation as it is now: 201 settled, 202 pending.
 *
 * @throws BankProblem `declined` (422) with the operation's id and the reason
 */
export function answerOperation(reply: FastifyReply, operation: Operation): FastifyReply {
  if (operation.status === 'declined') {
    const members = { reason: operation.decline_reason, id: operation.id }
    throw new BankProblem('declined', `The bank declined: ${operation.decline_reason ?? ''}.`, { members })
  }
  return reply.status(operation.status === 'settled' ? 201 : 202).send(operation)
}
