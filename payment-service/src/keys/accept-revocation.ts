import { revokeKeySchema, type QueuedRevocation } from '@paycluster/contracts'
import { parseBody } from '@paycluster/platform/http/validation'
import { ACCESS_PARTITION_KEY } from '../commands/access-partition.ts'
import type { Answer } from '../commands/answer.ts'
import { takeCommand } from '../commands/command-intake.ts'
import { fingerprintOf } from '../commands/fingerprint.ts'
import type { WriteRequest } from '../requests/write-request.ts'
import type { WriteSide } from '../write-side.ts'
import { demandKeyId } from './key-id.ts'

/** Whoever revokes a key wants to know that it is revoked: it waits unless it says otherwise. */
const DEFAULT_WAIT_S = 5

/**
 * Accepts the revocation of a key: 201 with the key once it is revoked, or 202 when that takes longer than the caller
 * waits. What is revoked already stays so.
 *
 * @throws ProblemError `not_found` (404) · `last_ops_key` (409) · `validation_failed`, `idempotency_key_reused` (422) ·
 * `overloaded`, `unavailable` (503)
 */
export async function acceptRevocation(
  { intake, ids }: WriteSide,
  key: string,
  request: WriteRequest,
): Promise<Answer> {
  demandKeyId(key)
  const body = parseBody(revokeKeySchema, request.body)
  const { client, key_id } = request.identity
  const idempotencyKey = request.idempotencyKey
  const queued: QueuedRevocation = { id: key, status: 'queued' }
  return takeCommand(intake, {
    command: {
      type: 'key.revoke',
      id:
        idempotencyKey === undefined
          ? ids.random('opr', client)
          : ids.derive('opr', client, `revoke ${key} ${idempotencyKey}`),
      key,
      ...body,
      asked_by: key_id,
      client,
      fingerprint: fingerprintOf(body),
    },
    partitionKey: ACCESS_PARTITION_KEY,
    hasKey: idempotencyKey !== undefined,
    queuedBody: () => JSON.stringify(queued),
    location: '/v1/ops/keys',
    waitS: request.waitS ?? DEFAULT_WAIT_S,
    context: request.context,
  })
}
