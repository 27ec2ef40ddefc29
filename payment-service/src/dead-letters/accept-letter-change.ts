import {
  deadLetterIdSchema,
  discardDeadLetterSchema,
  isTaskLetterId,
  replayDeadLetterSchema,
  type QueuedDeadLetter,
} from '@paycluster/contracts'
import { parseBody } from '@paycluster/platform/http/validation'
import { ProblemError } from '@paycluster/platform/problem-error'
import type { Answer } from '../commands/answer.ts'
import { fingerprintOf } from '@paycluster/platform/idempotency/fingerprint'
import { takeOpsCommand, type OpsCommandFields } from '../commands/take-ops-command.ts'
import type { WriteRequest } from '../requests/write-request.ts'
import type { WriteSide } from '../write-side.ts'

/**
 * Accepts that a dead letter is tried again: 201 with the letter once that is in the log, or 202 when it takes longer than
 * the caller waits.
 *
 * @throws ProblemError `not_found` (404) · `dead_letter_closed` (409) · `validation_failed`, `idempotency_key_reused` (422)
 * · `overloaded`, `unavailable` (503)
 */
export async function acceptReplay(writeSide: WriteSide, letter: string, request: WriteRequest): Promise<Answer> {
  demandLetterId(letter)
  const body = parseBody(replayDeadLetterSchema, request.body)
  const command = { type: 'dead_letter.replay', letter, ...body, fingerprint: fingerprintOf(body) } as const
  return take(writeSide, `replay ${letter}`, command, request)
}

/**
 * Accepts that a dead letter is given up: 201 with the letter, or 202.
 *
 * @throws ProblemError as {@link acceptReplay}; `validation_failed` also for a bank task without `not_moved`
 */
export async function acceptDiscard(writeSide: WriteSide, letter: string, request: WriteRequest): Promise<Answer> {
  demandLetterId(letter)
  const { reason, not_moved } = parseBody(discardDeadLetterSchema, request.body)
  if (isTaskLetterId(letter) && not_moved !== true) throw unsure()
  const fingerprint = fingerprintOf({ reason })
  return take(writeSide, `discard ${letter}`, { type: 'dead_letter.discard', letter, reason, fingerprint }, request)
}

function take(
  writeSide: WriteSide,
  operation: string,
  command: OpsCommandFields & { readonly letter: string },
  request: WriteRequest,
): Promise<Answer> {
  const { letter } = command
  const queued: QueuedDeadLetter = { id: letter, status: 'queued' }
  const location = `/v1/ops/dlq/${letter}`
  return takeOpsCommand(writeSide, { operation, command: () => command, queued: () => queued, location }, request)
}

function demandLetterId(id: string): void {
  if (!deadLetterIdSchema.safeParse(id).success) throw new ProblemError('not_found', 'There is no such dead letter.')
}

function unsure(): ProblemError {
  const detail =
    'Only a payment whose money the bank has not moved can be given up: ask the bank, and say so by not_moved.'
  return new ProblemError('validation_failed', detail, {
    errors: [{ pointer: '/not_moved', code: 'required', detail }],
  })
}
