import { createClientSchema, type QueuedClient } from '@paycluster/contracts'
import { parseBody } from '@paycluster/platform/http/validation'
import { ACCESS_PARTITION_KEY } from '../commands/access-partition.ts'
import type { Answer } from '../commands/answer.ts'
import { takeCommand } from '../commands/command-intake.ts'
import { fingerprintOf } from '../commands/fingerprint.ts'
import type { WriteRequest } from '../requests/write-request.ts'
import type { WriteSide } from '../write-side.ts'

/** A client has a number only when it is in the ledger: its maker waits unless it says otherwise. */
const DEFAULT_WAIT_S = 5

/**
 * Accepts a new client: 201 once it is in the ledger, or 202 when that takes longer than the caller waits.
 *
 * @throws ProblemError `validation_failed`, `client_name_taken`, `idempotency_key_reused` (422) · `overloaded`,
 * `unavailable` (503)
 */
export async function acceptClient({ intake, ids }: WriteSide, request: WriteRequest): Promise<Answer> {
  const body = parseBody(createClientSchema, request.body)
  const { client, key_id } = request.identity
  const key = request.idempotencyKey
  const queued: QueuedClient = { name: body.name, status: 'queued' }
  return takeCommand(intake, {
    command: {
      type: 'client.create',
      id: key === undefined ? ids.random('opr', client) : ids.derive('opr', client, `client ${key}`),
      ...body,
      asked_by: key_id,
      client,
      fingerprint: fingerprintOf(body),
    },
    partitionKey: ACCESS_PARTITION_KEY,
    hasKey: key !== undefined,
    queuedBody: () => JSON.stringify(queued),
    location: '/v1/ops/clients',
    waitS: request.waitS ?? DEFAULT_WAIT_S,
    context: request.context,
  })
}
