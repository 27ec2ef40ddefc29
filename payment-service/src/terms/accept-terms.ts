import { parseClientId, setClientTermsSchema, type QueuedTerms, type SetClientTerms } from '@paycluster/contracts'
import { parseBody } from '@paycluster/platform/http/validation'
import { ProblemError } from '@paycluster/platform/problem-error'
import type { Answer } from '../commands/answer.ts'
import { fingerprintOf } from '@paycluster/platform/idempotency/fingerprint'
import { takeOpsCommand } from '../commands/take-ops-command.ts'
import type { WriteRequest } from '../requests/write-request.ts'
import type { WriteSide } from '../write-side.ts'

/**
 * Accepts the terms of a client: 201 with them once they count, or 202 when that takes longer than the caller waits.
 *
 * @param id  the client's number, as the path has it
 * @throws ProblemError `not_found` (404) · `validation_failed`, `idempotency_key_reused` (422) · `overloaded`,
 * `unavailable` (503)
 */
export async function acceptTerms(writeSide: WriteSide, id: string, request: WriteRequest): Promise<Answer> {
  const owner = parseClientId(id)
  if (owner === undefined) throw new ProblemError('not_found', 'There is no such client.')
  const body = parseBody(setClientTermsSchema, request.body)
  const queued: QueuedTerms = { client: owner, status: 'queued' }
  const command = { type: 'client.terms', owner, ...body, fingerprint: fingerprintOf(toFields(body)) } as const
  return takeOpsCommand(
    writeSide,
    {
      operation: `terms ${String(owner)}`,
      command: () => command,
      queued: () => queued,
      location: `/v1/ops/clients/${String(owner)}/terms`,
    },
    request,
  )
}

const toFields = ({ commissions: { deposit, withdrawal, card }, limits, reason }: SetClientTerms) => ({
  commissions: { deposit: deposit ?? NONE, withdrawal: withdrawal ?? NONE, card: card ?? NONE },
  limits: limits.map(({ currency, per_payment, per_day }) => ({
    currency,
    per_payment: per_payment ?? NONE,
    per_day: per_day ?? NONE,
  })),
  reason,
})
const NONE = 'none'
