import { rotateKeySchema } from '@paycluster/contracts'
import { parseBody } from '@paycluster/platform/http/validation'
import type { Answer } from '../commands/answer.ts'
import { fingerprintOf } from '@paycluster/platform/idempotency/fingerprint'
import { takeOpsCommand } from '../commands/take-ops-command.ts'
import type { WriteRequest } from '../requests/write-request.ts'
import type { WriteSide } from '../write-side.ts'
import { IssuedSecret } from './issued-secret.ts'
import { demandKeyId } from './key-id.ts'

/**
 * Accepts another secret for a key: 201 with it once it counts and the old one does not, or 202 when that takes longer
 * than the caller waits.
 *
 * @throws ProblemError `not_found` (404) · `key_inactive` (409) · `validation_failed`, `idempotency_key_reused` (422) ·
 * `overloaded`, `unavailable` (503)
 */
export async function acceptRotation(writeSide: WriteSide, key: string, request: WriteRequest): Promise<Answer> {
  demandKeyId(key)
  const body = parseBody(rotateKeySchema, request.body)
  const secret = new IssuedSecret()
  const command = { type: 'key.rotate', key, secret_hash: secret.hash, fingerprint: fingerprintOf(body) } as const
  const taken = await takeOpsCommand(
    writeSide,
    {
      operation: `rotate ${key}`,
      command: () => command,
      queued: () => ({ id: key, status: 'queued' }),
      location: '/v1/ops/keys',
    },
    request,
  )
  return secret.show(taken, writeSide.signingSecretOf)
}
