import { createClientSchema, type QueuedClient } from '@paycluster/contracts'
import { parseBody } from '@paycluster/platform/http/validation'
import type { Answer } from '../commands/answer.ts'
import { fingerprintOf } from '@paycluster/platform/idempotency/fingerprint'
import { takeOpsCommand } from '../commands/take-ops-command.ts'
import type { WriteRequest } from '../requests/write-request.ts'
import type { WriteSide } from '../write-side.ts'

/**
 * Accepts a new client: 201 once it is in the ledger, or 202 when that takes longer than the caller waits.
 *
 * @throws ProblemError `validation_failed`, `client_name_taken`, `idempotency_key_reused` (422) · `overloaded`,
 * `unavailable` (503)
 */
export async function acceptClient(writeSide: WriteSide, request: WriteRequest): Promise<Answer> {
  const body = parseBody(createClientSchema, request.body)
  const queued: QueuedClient = { name: body.name, status: 'queued' }
  const command = { type: 'client.create', ...body, fingerprint: fingerprintOf(body) } as const
  return takeOpsCommand(
    writeSide,
    { operation: 'client', command: () => command, queued: () => queued, location: '/v1/ops/clients' },
    request,
  )
}
