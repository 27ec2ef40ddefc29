import type { FastifyReply } from 'fastify'
import type { ConsistencyToken } from '@paycluster/platform/consistency/consistency-token'
import { sendAnswer, type Answer } from './answer.ts'
import { requestedToken } from './requested-token.ts'

/**
 * Sends what is read: no read goes without the request's consistency token.
 *
 * @throws ProblemError `invalid_consistency_token` (400) · what `read` throws
 */
export async function answerRead(
  reply: FastifyReply,
  read: (token: ConsistencyToken | undefined) => Promise<Answer>,
): Promise<void> {
  const { request } = reply
  sendAnswer(request, reply, await read(requestedToken(request.headers)))
}
