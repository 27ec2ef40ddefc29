import { createKeySchema, SCOPES, type CreateKey } from '@paycluster/contracts'
import { parseBody } from '@paycluster/platform/http/validation'
import { ProblemError } from '@paycluster/platform/problem-error'
import type { Answer } from '../commands/answer.ts'
import { fingerprintOf } from '@paycluster/platform/idempotency/fingerprint'
import { takeOpsCommand } from '../commands/take-ops-command.ts'
import type { WriteRequest } from '../requests/write-request.ts'
import type { WriteSide } from '../write-side.ts'
import { IssuedSecret } from './issued-secret.ts'

/** The last moment that a text of four digits for the year can name. */
const MAX_TIME_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999)
const KEY_ID_LENGTH = 12
/** Where the 128 bits of an id end, behind its prefix. */
const ID_BODY_END = 30

/**
 * Accepts a new key: 201 with its secrets once it works, or 202 when that takes longer than the caller waits.
 *
 * @throws ProblemError `not_found` (404) for a client that is not there · `validation_failed`, `idempotency_key_reused`
 * (422) · `overloaded`, `unavailable` (503)
 */
export async function acceptKey(writeSide: WriteSide, request: WriteRequest): Promise<Answer> {
  const body = parseBody(createKeySchema, request.body)
  const expiresAtMs = demandFuture(body, writeSide.intake.clock.now())
  const secret = new IssuedSecret()
  const fields = {
    owner: body.client_id,
    // In one order, each once.
    scopes: SCOPES.filter((scope) => body.scopes.includes(scope)),
    limit_tier: body.limit_tier,
    signature_required: body.signature_required,
    ...(expiresAtMs === undefined ? {} : { expires_at_ms: expiresAtMs }),
  }
  const taken = await takeOpsCommand(
    writeSide,
    {
      operation: 'key',
      command: (id) => ({
        type: 'key.create',
        key: keyIdOf(id),
        secret_hash: secret.hash,
        ...fields,
        fingerprint: fingerprintOf({
          ...fields,
          scopes: fields.scopes.join(' '),
          signature_required: String(fields.signature_required),
        }),
      }),
      queued: (id) => ({ id: keyIdOf(id), status: 'queued' }),
      location: '/v1/ops/keys',
    },
    request,
  )
  return secret.show(taken, writeSide.signingSecretOf)
}

/** 60 of the 128 bits of the command's id, so that the same Idempotency-Key names the same key. */
const keyIdOf = (commandId: string): string => commandId.slice(ID_BODY_END - KEY_ID_LENGTH, ID_BODY_END)

function demandFuture({ expires_at }: CreateKey, nowMs: number): number | undefined {
  if (expires_at === undefined) return undefined
  const expiresAtMs = Date.parse(expires_at)
  if (expiresAtMs > nowMs && expiresAtMs <= MAX_TIME_MS) return expiresAtMs
  throw new ProblemError('validation_failed', 'A key cannot expire then.', {
    errors: [
      { pointer: '/expires_at', code: 'not_in_the_future', detail: 'has to be in the future, before year 10000' },
    ],
  })
}
