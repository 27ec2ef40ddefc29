import { cancelSchema, captureSchema, type QueuedOperation } from '@paycluster/contracts'
import { parseBody } from '@paycluster/platform/http/validation'
import type { Answer } from '../commands/answer.ts'
import { takeCommand } from '../commands/command-intake.ts'
import { fingerprintOf } from '@paycluster/platform/idempotency/fingerprint'
import { demandIdempotencyKey } from '@paycluster/platform/http/idempotency-key'
import type { WriteRequest } from '../requests/write-request.ts'
import type { WriteSide } from '../write-side.ts'
import { demandPayment, partitionKeyOf } from './named-payment.ts'

/** Whoever ends a hold wants to know whether it ended so: it waits unless it says otherwise. */
const DEFAULT_WAIT_S = 5

/**
 * Accepts the capture or the cancellation of a hold: 201 with the payment once it is posted, or 202 when that takes longer
 * than the client waits.
 *
 * @throws ProblemError `idempotency_key_missing` (400) · `not_found` (404) for an id that was never issued, or a payment
 * that the caller has no part in · `payment_not_capturable`, `hold_expired`, `payment_queued` (409) ·
 * `capture_exceeds_hold`, `account_blocked`, `validation_failed`, `idempotency_key_reused` (422) · `overloaded`,
 * `unavailable` (503)
 */
export async function acceptOperation(
  { intake, ids }: WriteSide,
  operation: QueuedOperation['operation'],
  payment: string,
  request: WriteRequest,
): Promise<Answer> {
  const key = demandIdempotencyKey(request.idempotencyKey)
  demandPayment(ids, payment)
  const fields = readBody(operation, request.body)
  const { client } = request.identity
  const id = ids.derive('opr', client, `${operation} ${payment} ${key}`)
  const queued: QueuedOperation = { payment, operation, status: 'queued' }
  return takeCommand(intake, {
    command: { ...fields, id, payment, client },
    partitionKey: await partitionKeyOf(intake.keys, payment),
    hasKey: true,
    queuedBody: () => JSON.stringify(queued),
    location: `/v1/payments/${payment}`,
    waitS: request.waitS ?? DEFAULT_WAIT_S,
    context: request.context,
  })
}

function readBody(operation: QueuedOperation['operation'], given: unknown) {
  if (operation === 'capture') {
    const body = parseBody(captureSchema, given)
    return { type: 'payment.capture', ...body, fingerprint: fingerprintOf(body) } as const
  }
  const body = parseBody(cancelSchema, given)
  return { type: 'payment.cancel', ...body, fingerprint: fingerprintOf(body) } as const
}
