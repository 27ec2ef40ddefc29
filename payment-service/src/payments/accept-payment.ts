import { createPaymentSchema, DEFAULT_HOLD_SECONDS, type CreatePayment, type Payment } from '@paycluster/contracts'
import { parseBody } from '@paycluster/platform/http/validation'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import { ProblemError } from '@paycluster/platform/problem-error'
import type { Answer } from '../commands/answer.ts'
import { takeCommand, type CommandIntake } from '../commands/command-intake.ts'
import { fingerprintOf } from '../commands/fingerprint.ts'
import { demandIdempotencyKey } from '../requests/idempotency-key.ts'
import type { WriteRequest } from '../requests/write-request.ts'

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
  demandAccounts(ids, client, body)
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

/** What the worker needs to know of the body: a hold by its length, whether that was said or is the default. */
function commandFields({ capture, hold_seconds, ...fields }: CreatePayment) {
  return capture === undefined ? fields : { ...fields, hold_seconds: hold_seconds ?? DEFAULT_HOLD_SECONDS }
}

/** Both are 404 with the field at fault: to this client, the account that it names is not there. */
function demandAccounts(ids: IdCodec, client: number, { source, destination }: CreatePayment): void {
  if (!ids.isOwnedBy('acc', source, client)) throw noSuchAccount('/source', 'is not an account of yours')
  if (!ids.isIssued('acc', destination)) throw noSuchAccount('/destination', 'is not an account')
}

const noSuchAccount = (pointer: string, detail: string): ProblemError =>
  new ProblemError('not_found', 'The payment names an account that does not exist for you.', {
    errors: [{ pointer, code: 'account_not_found', detail }],
  })

function queuedPayment(id: string, body: CreatePayment, createdAt: string): Payment {
  return {
    id,
    status: 'queued',
    source: body.source,
    destination: body.destination,
    amount: body.amount,
    currency: body.currency,
    reference: body.reference ?? null,
    description: body.description ?? null,
    metadata: body.metadata ?? {},
    failure: null,
    capture: body.capture ?? 'automatic',
    captured: 0,
    refunded: 0,
    expires_at: expiryOf(body, createdAt),
    created_at: createdAt,
    completed_at: null,
    version: 0,
  }
}

function expiryOf({ capture, hold_seconds = DEFAULT_HOLD_SECONDS }: CreatePayment, createdAt: string): string | null {
  return capture === undefined ? null : new Date(Date.parse(createdAt) + hold_seconds * 1000).toISOString()
}
