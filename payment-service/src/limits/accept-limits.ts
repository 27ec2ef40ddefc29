import { setAccountLimitsSchema, type QueuedLimits } from '@paycluster/contracts'
import { parseBody } from '@paycluster/platform/http/validation'
import { ProblemError } from '@paycluster/platform/problem-error'
import type { Answer } from '../commands/answer.ts'
import { takeCommand } from '../commands/command-intake.ts'
import { fingerprintOf } from '@paycluster/platform/idempotency/fingerprint'
import type { WriteRequest } from '../requests/write-request.ts'
import type { WriteSide } from '../write-side.ts'

/** Whoever limits an account wants to know that it is limited: it waits unless it says otherwise. */
const DEFAULT_WAIT_S = 5

/**
 * Accepts what an account may spend: 201 with its limits once they count, or 202 when that takes longer than the caller
 * waits. Keyed by the account, as its payments are: those accepted later are decided under them.
 *
 * @throws ProblemError `not_found` (404) · `overdraft_in_use` (409) · `validation_failed`, `idempotency_key_reused` (422) ·
 * `overloaded`, `unavailable` (503)
 */
export async function acceptLimits(
  { intake, ids }: WriteSide,
  account: string,
  { identity, idempotencyKey: key, waitS = DEFAULT_WAIT_S, context, body: given }: WriteRequest,
): Promise<Answer> {
  if (!ids.isIssued('acc', account)) throw new ProblemError('not_found', 'There is no such account.')
  const body = parseBody(setAccountLimitsSchema, given)
  const { client, key_id } = identity
  const queued: QueuedLimits = { account, status: 'queued' }
  const { per_payment, per_day, ...rest } = body
  return takeCommand(intake, {
    command: {
      type: 'account.limit',
      id: key === undefined ? ids.random('opr', client) : ids.derive('opr', client, `limit ${account} ${key}`),
      account,
      ...body,
      asked_by: key_id,
      client,
      fingerprint: fingerprintOf({ ...rest, per_payment: per_payment ?? 'none', per_day: per_day ?? 'none' }),
    },
    partitionKey: account,
    hasKey: key !== undefined,
    queuedBody: () => JSON.stringify(queued),
    location: `/v1/ops/accounts/${account}/limits`,
    waitS,
    context,
  })
}
