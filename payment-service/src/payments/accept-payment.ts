import { createPaymentSchema } from '@paycluster/contracts'
import { parseBody } from '@paycluster/platform/http/validation'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import type { Answer } from '../commands/answer.ts'
import { takeCommand, type CommandIntake } from '../commands/command-intake.ts'
import { fingerprintOf } from '@paycluster/platform/idempotency/fingerprint'
import { demandIdempotencyKey } from '@paycluster/platform/http/idempotency-key'
import type { WriteRequest } from '../requests/write-request.ts'
import { accountErrors, commandFields, noSuchAccounts, queuedPayment } from './asked-payment.ts'

/**
 * Accepts a payment: 202 once Kafka has the command on all in-sync replicas, or 201 with its final state when the client
 * waits and the worker is in time. No database is asked: the account ids prove themselves. Funds, currencies and
 * whether the two accounts are one are the worker's to judge, as failures of the payment.
 *
 * @throws ProblemError `idempotency_key_missing` (400) · `not_found` (404) for a source that is not the caller's own or a
 * destination that this cluster never issued · `validation_failed`, `idempotency_key_reused` (422) · `overloaded`,
 * `unavailable` (503)
 */
export async function acceptPayment(intake: CommandIntake, ids: IdCodec, request: WriteRequest): Promise<Answer> {
  const key = demandIdempotencyKey(request.idempotencyKey)
  const body = parseBody(createPaymentSchema, request.body)
  const { client } = request.identity
  const errors = accountErrors(ids, client, body)
  if (errors.length > 0) throw noSuchAccounts(errors)
  const id = ids.derive('pay', client, key)
  return takeCommand(intake, {
    command: { type: 'payment.create', id, ...commandFields(body), client, fingerprint: fingerprintOf(body) },
    partitionKey: body.source,
    hasKey: true,
    queuedBody: (createdAt) => JSON.stringify(queuedPayment(id, body, createdAt)),
    location: `/v1/payments/${id}`,
    waitS: request.waitS ?? 0,
    context: request.context,
  })
}
