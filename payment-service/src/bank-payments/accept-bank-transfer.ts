import { createBankTransferSchema } from '@paycluster/contracts'
import { parseBody } from '@paycluster/platform/http/validation'
import type { Answer } from '../commands/answer.ts'
import { takeCommand } from '../commands/command-intake.ts'
import { fingerprintOf } from '@paycluster/platform/idempotency/fingerprint'
import { demandIdempotencyKey } from '@paycluster/platform/http/idempotency-key'
import type { WriteRequest } from '../requests/write-request.ts'
import type { WriteSide } from '../write-side.ts'
import { noSuchAccount, queuedBankPayment } from './asked-bank-payment.ts'

/**
 * Accepts a deposit or a withdrawal: 202 once Kafka has the command on all in-sync replicas, or 201 with its final state
 * when the client waits and the bank is in time.
 *
 * @throws ProblemError `idempotency_key_missing` (400) · `not_found` (404) for an account that is not the caller's own ·
 * `validation_failed`, `idempotency_key_reused` (422) · `overloaded`, `unavailable` (503)
 */
export async function acceptBankTransfer(
  { intake, ids }: WriteSide,
  rail: 'deposit' | 'withdrawal',
  request: WriteRequest,
): Promise<Answer> {
  const key = demandIdempotencyKey(request.idempotencyKey)
  const body = parseBody(createBankTransferSchema, request.body)
  const { client } = request.identity
  if (!ids.isOwnedBy('acc', body.account, client)) throw noSuchAccount('/account', 'is not an account of yours')
  const id = ids.derive('pay', client, key)
  // The same body asks for the opposite at the other resource.
  const fingerprint = fingerprintOf({ rail, ...body })
  return takeCommand(intake, {
    command: { type: 'bank_payment.create', id, rail, ...body, client, fingerprint },
    partitionKey: body.account,
    hasKey: true,
    queuedBody: (createdAt) => JSON.stringify(queuedBankPayment(ids, { id, rail, ...body, card: null }, createdAt)),
    location: `/v1/payments/${id}`,
    waitS: request.waitS ?? 0,
    context: request.context,
  })
}
