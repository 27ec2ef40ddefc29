import { createAccountSchema, type CreateAccount } from '@paycluster/contracts'
import { parseBody } from '@paycluster/platform/http/validation'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import type { Answer } from '../commands/answer.ts'
import { takeCommand, type CommandIntake } from '../commands/command-intake.ts'
import { fingerprintOf } from '@paycluster/platform/idempotency/fingerprint'
import type { WriteRequest } from '../requests/write-request.ts'

/** A client that opens an account wants to use it: it waits unless it says otherwise. */
const DEFAULT_WAIT_S = 5

/**
 * Accepts the opening of an account: 201 once it is in the ledger, or 202 when that takes longer than the client waits.
 * With an Idempotency-Key the id stands for it and repetitions open nothing; without one the id is random.
 *
 * @throws ProblemError `validation_failed`, `idempotency_key_reused` (422) · `overloaded`, `unavailable` (503)
 */
export async function acceptAccount(intake: CommandIntake, ids: IdCodec, request: WriteRequest): Promise<Answer> {
  const body = parseBody(createAccountSchema, request.body)
  const { client } = request.identity
  const key = request.idempotencyKey
  const id = key === undefined ? ids.random('acc', client) : ids.derive('acc', client, key)
  return takeCommand(intake, {
    command: { type: 'account.create', id, ...body, client, fingerprint: fingerprintOf(body) },
    partitionKey: id,
    hasKey: key !== undefined,
    queuedBody: (createdAt) => JSON.stringify(queuedAccount(id, body, createdAt)),
    location: `/v1/accounts/${id}`,
    waitS: request.waitS ?? DEFAULT_WAIT_S,
    context: request.context,
  })
}

/** An account that is not in the ledger yet: `queued` is no status of an account, only of this answer. */
function queuedAccount(id: string, body: CreateAccount, createdAt: string): object {
  return {
    id,
    status: 'queued',
    kind: body.kind,
    currency: body.currency,
    external_id: body.external_id ?? null,
    metadata: body.metadata ?? {},
    created_at: createdAt,
    revision: 0,
  }
}
