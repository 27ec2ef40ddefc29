import { rotateKeySchema } from '@paycluster/contracts'
import { parseBody } from '@paycluster/platform/http/validation'
import { ACCESS_PARTITION_KEY } from '../commands/access-partition.ts'
import type { Answer } from '../commands/answer.ts'
import { takeCommand } from '../commands/command-intake.ts'
import { fingerprintOf } from '../commands/fingerprint.ts'
import type { WriteRequest } from '../requests/write-request.ts'
import type { WriteSide } from '../write-side.ts'
import { IssuedSecret } from './issued-secret.ts'
import { demandKeyId } from './key-id.ts'

/** Whoever rotates a key has to go on with the new secret: it waits unless it says otherwise. */
const DEFAULT_WAIT_S = 5

/**
 * Accepts another secret for a key: 201 with it once it counts and the old one does not, or 202 when that takes longer
 * than the caller waits.
 *
 * @throws ProblemError `not_found` (404) · `key_inactive` (409) · `validation_failed`, `idempotency_key_reused` (422) ·
 * `overloaded`, `unavailable` (503)
 */
export async function acceptRotation(writeSide: WriteSide, key: string, request: WriteRequest): Promise<Answer> {
  const { intake, ids, signingSecretOf } = writeSide
  demandKeyId(key)
  const body = parseBody(rotateKeySchema, request.body)
  const { client, key_id } = request.identity
  const idempotencyKey = request.idempotencyKey
  const secret = new IssuedSecret(key)
  const taken = await takeCommand(intake, {
    command: {
      type: 'key.rotate',
      id:
        idempotencyKey === undefined
          ? ids.random('opr', client)
          : ids.derive('opr', client, `rotate ${key} ${idempotencyKey}`),
      key,
      secret_hash: secret.hash,
      asked_by: key_id,
      client,
      fingerprint: fingerprintOf(body),
    },
    partitionKey: ACCESS_PARTITION_KEY,
    hasKey: idempotencyKey !== undefined,
    queuedBody: () => JSON.stringify({ id: key, status: 'queued' }),
    location: '/v1/ops/keys',
    waitS: request.waitS ?? DEFAULT_WAIT_S,
    context: request.context,
  })
  return secret.show(taken, signingSecretOf)
}
