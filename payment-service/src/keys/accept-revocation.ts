import { revokeKeySchema, type QueuedRevocation } from '@paycluster/contracts'
import { parseBody } from '@paycluster/platform/http/validation'
import type { Answer } from '../commands/answer.ts'
import { fingerprintOf } from '@paycluster/platform/idempotency/fingerprint'
import { takeOpsCommand } from '../commands/take-ops-command.ts'
import type { WriteRequest } from '../requests/write-request.ts'
import type { WriteSide } from '../write-side.ts'
import { demandKeyId } from './key-id.ts'

/**
 * Accepts the revocation of a key: 201 with the key once it is revoked, or 202 when that takes longer than the caller
 * waits. What is revoked already stays so.
 *
 * @throws ProblemError `not_found` (404) · `last_ops_key` (409) · `validation_failed`, `idempotency_key_reused` (422) ·
 * `overloaded`, `unavailable` (503)
 */
export async function acceptRevocation(writeSide: WriteSide, key: string, request: WriteRequest): Promise<Answer> {
  demandKeyId(key)
  const body = parseBody(revokeKeySchema, request.body)
  const queued: QueuedRevocation = { id: key, status: 'queued' }
  const command = { type: 'key.revoke', key, ...body, fingerprint: fingerprintOf(body) } as const
  return takeOpsCommand(
    writeSide,
    { operation: `revoke ${key}`, command: () => command, queued: () => queued, location: '/v1/ops/keys' },
    request,
  )
}
