import { createKeySchema, SCOPES, type CreateKey } from '@paycluster/contracts'
import { parseBody } from '@paycluster/platform/http/validation'
import { ProblemError } from '@paycluster/platform/problem-error'
import { ACCESS_PARTITION_KEY } from '../commands/access-partition.ts'
import type { Answer } from '../commands/answer.ts'
import { takeCommand } from '../commands/command-intake.ts'
import { fingerprintOf } from '../commands/fingerprint.ts'
import type { WriteRequest } from '../requests/write-request.ts'
import type { WriteSide } from '../write-side.ts'
import { IssuedSecret } from './issued-secret.ts'

/** Whoever makes a key wants to use it: it waits unless it says otherwise. */
const DEFAULT_WAIT_S = 5
/** The last moment that a text of four digits for the year can name. */
const MAX_TIME_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/**
 * Accepts a new key: 201 with its secrets once it works, or 202 when that takes longer than the caller waits.
 *
 * @throws ProblemError `not_found` (404) for a client that is not there · `validation_failed`, `idempotency_key_reused`
 * (422) · `overloaded`, `unavailable` (503)
 */
export async function acceptKey(writeSide: WriteSide, request: WriteRequest): Promise<Answer> {
  const { intake, ids, signingSecretOf } = writeSide
  const body = parseBody(createKeySchema, request.body)
  const expiresAtMs = demandFuture(body, intake.clock.now())
  const { client, key_id } = request.identity
  const idempotencyKey = request.idempotencyKey
  const id =
    idempotencyKey === undefined ? ids.random('opr', client) : ids.derive('opr', client, `key ${idempotencyKey}`)
  const key = keyIdOf(id)
  const secret = new IssuedSecret(key)
  const scopes = SCOPES.filter((scope) => body.scopes.includes(scope))
  const taken = await takeCommand(intake, {
    command: {
      type: 'key.create',
      id,
      key,
      owner: body.client_id,
      secret_hash: secret.hash,
      scopes,
      limit_tier: body.limit_tier,
      signature_required: body.signature_required,
      ...(expiresAtMs === undefined ? {} : { expires_at_ms: expiresAtMs }),
      asked_by: key_id,
      client,
      fingerprint: fingerprintOf({
        ...body,
        scopes: scopes.join(' '),
        signature_required: String(body.signature_required),
        expires_at: expiresAtMs,
      }),
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

const KEY_ID_LENGTH = 12
const ID_BODY_END = 30

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
