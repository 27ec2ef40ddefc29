import { createRefundSchema } from '@paycluster/contracts'
import { parseBody } from '@paycluster/platform/http/validation'
import type { Answer } from '../commands/answer.ts'
import { takeCommand } from '../commands/command-intake.ts'
import { fingerprintOf } from '@paycluster/platform/idempotency/fingerprint'
import { demandPayment, partitionKeyOf } from '../payments/named-payment.ts'
import { demandIdempotencyKey } from '@paycluster/platform/http/idempotency-key'
import type { WriteRequest } from '../requests/write-request.ts'
import type { WriteSide } from '../write-side.ts'

/** How much is left to refund is known once it is posted: who asks waits for that unless it says otherwise. */
const DEFAULT_WAIT_S = 5

/**
 * Accepts a refund: 201 with its final state, or 202 when that takes longer than the client waits. Whether so much is
 * left, and whether the account that was paid has it, is the worker's to judge, as a failure of the refund.
 *
 * @throws ProblemError `idempotency_key_missing` (400) · `forbidden` (403) for a payment to another's account · `not_found`
 * (404) for an id that was never issued, or a payment that the caller has no part in · `payment_queued` (409) ·
 * `validation_failed`, `idempotency_key_reused` (422) · `overloaded`, `unavailable` (503)
 */
export async function acceptRefund(
  { intake, ids }: WriteSide,
  payment: string,
  request: WriteRequest,
): Promise<Answer> {
  const key = demandIdempotencyKey(request.idempotencyKey)
  demandPayment(ids, payment)
  const body = parseBody(createRefundSchema, request.body)
  const { client } = request.identity
  const id = ids.derive('ref', client, `${payment} ${key}`)
  return takeCommand(intake, {
    command: { type: 'refund.create', id, payment, ...body, client, fingerprint: fingerprintOf(body) },
    partitionKey: await partitionKeyOf(intake.keys, payment),
    hasKey: true,
    queuedBody: (createdAt) =>
      JSON.stringify({
        id,
        payment,
        status: 'queued',
        amount: body.amount ?? null,
        reason: body.reason ?? null,
        created_at: createdAt,
        version: 0,
      }),
    location: `/v1/refunds/${id}`,
    waitS: request.waitS ?? DEFAULT_WAIT_S,
    context: request.context,
  })
}
