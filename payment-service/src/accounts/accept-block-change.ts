import { changeBlockSchema, type QueuedBlockChange } from '@paycluster/contracts'
import { parseBody } from '@paycluster/platform/http/validation'
import { ProblemError } from '@paycluster/platform/problem-error'
import type { Answer } from '../commands/answer.ts'
import { takeCommand } from '../commands/command-intake.ts'
import { fingerprintOf } from '@paycluster/platform/idempotency/fingerprint'
import type { WriteRequest } from '../requests/write-request.ts'
import type { WriteSide } from '../write-side.ts'

/** Whoever blocks an account wants to know that it is blocked: it waits unless it says otherwise. */
const DEFAULT_WAIT_S = 5

/**
 * Accepts the block of an account, or its end: 201 with the account once it is so, or 202 when that takes longer than the
 * client waits. What is blocked already stays so.
 *
 * @throws ProblemError `not_found` (404) for an account that is not the caller's own · `validation_failed`,
 * `idempotency_key_reused` (422) · `overloaded`, `unavailable` (503)
 */
export async function acceptBlockChange(
  { intake, ids }: WriteSide,
  change: 'block' | 'unblock',
  account: string,
  request: WriteRequest,
): Promise<Answer> {
  const { client } = request.identity
  if (!ids.isOwnedBy('acc', account, client)) throw new ProblemError('not_found', 'There is no such account.')
  const body = parseBody(changeBlockSchema, request.body)
  const key = request.idempotencyKey
  const queued: QueuedBlockChange = { account, change, status: 'queued' }
  return takeCommand(intake, {
    command: {
      type: `account.${change}`,
      id: key === undefined ? ids.random('opr', client) : ids.derive('opr', client, `${change} ${account} ${key}`),
      account,
      ...body,
      client,
      fingerprint: fingerprintOf(body),
    },
    partitionKey: account,
    hasKey: key !== undefined,
    queuedBody: () => JSON.stringify(queued),
    location: `/v1/accounts/${account}`,
    waitS: request.waitS ?? DEFAULT_WAIT_S,
    context: request.context,
  })
}
