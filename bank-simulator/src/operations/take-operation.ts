import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Behaviours } from '../behaviour/behaviours.ts'
import { carryOut } from '../behaviour/carry-out.ts'
import { answerOperation } from './operation-answer.ts'
import type { OperationDesk } from './operation-desk.ts'
import type { AskedOperation } from './operation.ts'

const SETTLED = { outcome: { status: 'settled' } } as const

/**
 * Takes what a request asks for, as is planned for it, and answers.
 *
 * @throws BankProblem
 */
export async function takeOperation(
  request: FastifyRequest,
  reply: FastifyReply,
  desk: OperationDesk,
  behaviours: Behaviours,
  asked: AskedOperation,
): Promise<FastifyReply> {
  const planned = behaviours.next(asked)
  request.behaviour = planned.behaviour.kind
  const operation = await carryOut(reply, planned, (verdict) =>
    desk.take(asked, () => ({ verdict: verdict ?? SETTLED })),
  )
  return operation === undefined ? reply : answerOperation(reply, operation)
}
