import type { DeadLetter } from '@paycluster/contracts'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import { isoTime } from '@paycluster/platform/iso-time'
import type { LetterOutcome, RefusedOutcome } from '../posted-batch.ts'
import type { LetterDecision, LetterRefusal, NewLetterChange, RepeatedLetterChange } from './letter-decisions.ts'
import type { LetterChangeRow, LetterRow } from './letter-state.ts'

const REFUSALS: Readonly<Record<LetterRefusal, string>> = {
  not_found: 'There is no such dead letter.',
  payload_too_large:
    'With what names it, the message is too large for the log: send it in another form, and discard this.',
  dead_letter_not_replayable: 'Who publishes events tells them again, nobody else: discard this.',
  dead_letter_closed: 'It was replayed or discarded already. What fails again is open again.',
}

/**
 * Tells what a command about a dead letter came to, in the terms of the API.
 *
 * @param atMs  the time of the batch
 */
export function letterOutcome(ids: IdCodec, decision: LetterDecision, atMs: number): LetterOutcome | RefusedOutcome {
  if (decision.kind === 'refused letter change')
    return {
      type: 'refused',
      command: decision.change,
      problem: { code: decision.problem, detail: REFUSALS[decision.problem] },
      fingerprint: decision.change.command.fingerprint,
    }
  const { change, letter } = decision
  const row = decision.kind === 'letter change' ? rowOf(decision, atMs) : decision.row
  return {
    type: 'letter',
    command: change,
    letter: viewOf(ids, letter, row),
    origin: { ...letter, attempts: row.attempts },
    fingerprint: row.fingerprint,
  }
}

function rowOf({ change: { command }, letter }: NewLetterChange, atMs: number): RepeatedLetterChange['row'] {
  return {
    kind: command.type === 'dead_letter.replay' ? 'replay' : 'discard',
    attempts: letter.attempts,
    letterVersion: letter.version + 1,
    reason: command.reason ?? null,
    askedBy: { client: command.client, key: command.asked_by },
    fingerprint: command.fingerprint,
    postedAtMs: atMs,
  }
}

/** As the change left it. */
function viewOf(ids: IdCodec, letter: LetterRow, change: LetterChangeRow): DeadLetter {
  const isTask = letter.kind === 'bank_task'
  return {
    id: letter.id,
    kind: letter.kind,
    state: change.kind === 'replay' ? 'replayed' : 'discarded',
    reason: letter.reason,
    attempts: change.attempts,
    first_at: isoTime(letter.firstAtMs),
    last_at: isoTime(letter.lastAtMs),
    version: change.letterVersion,
    partition: isTask ? null : letter.partition,
    offset: isTask ? null : letter.offset,
    payment_id: isTask ? ids.fromUuid('pay', letter.payment, letter.client) : null,
    payload_bytes: letter.payload?.length ?? 0,
    resolved_at: isoTime(change.postedAtMs),
    resolved_by: { client_id: change.askedBy.client, key_id: change.askedBy.key },
    resolution: change.reason,
  }
}
