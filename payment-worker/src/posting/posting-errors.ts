import { DatabaseError } from 'pg'

/** What to do about an error while posting. */
export type PostingFault =
  /** Another batch came between: the same batch again, locking first, and after some tries, later. */
  | 'contention'
  /** The primary is away, or not as it should be: the same batch again, later. */
  | 'outage'
  /** Something in the batch itself: find out which command it is. */
  | 'poison'

/** A batch met writes of another one: its own must not commit. */
export class ContentionError extends Error {
  readonly code = 'contention'
}

const CONTENTION_STATES: ReadonlySet<string> = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '23505', // unique_violation: a reference that another batch has just taken
])

/** Checks that a batch passed by what it had read: failing them means that another one came between. */
const CONTENTION_CHECKS: ReadonlySet<string> = new Set(['available_funds', 'account_balances_held_check'])

/** What a command's own values can be at fault for: data exceptions and integrity constraints. */
// https://www.postgresql.org/docs/18/errcodes-appendix.html
const COMMAND_CLASSES: ReadonlySet<string> = new Set(['22', '23'])

/**
 * Sorts an error. Only what a command's values can cause makes it poison: anything else, a missing column as much as a
 * lost connection, would fail every command alike, and payments must not go to the dead letters for it.
 */
export function classify(error: unknown): PostingFault {
  if (error instanceof ContentionError) return 'contention'
  if (error instanceof RangeError) return 'poison'
  if (!(error instanceof DatabaseError)) return 'outage'
  const state = error.code ?? ''
  if (CONTENTION_STATES.has(state) || CONTENTION_CHECKS.has(error.constraint ?? '')) return 'contention'
  return COMMAND_CLASSES.has(state.slice(0, 2)) ? 'poison' : 'outage'
}
