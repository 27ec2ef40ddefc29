import { DatabaseError } from 'pg'

/** What to do about an error while posting. */
export type PostingFault =
  /** Another batch came between: the same batch again, locking first. */
  | 'contention'
  /** The primary is away or restarting: the same batch again, later. */
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

// https://www.postgresql.org/docs/18/errcodes-appendix.html
const OUTAGE_CLASSES: ReadonlySet<string> = new Set([
  '08', // connection exception
  '25', // invalid transaction state: read-only, a primary that has become a standby
  '53', // insufficient resources
  '57', // operator intervention: shutdown, starting up
  '58', // system error
])

/** Sorts an error. Anything that PostgreSQL did not say is the connection's. */
export function classify(error: unknown): PostingFault {
  if (error instanceof ContentionError) return 'contention'
  if (error instanceof RangeError) return 'poison'
  if (!(error instanceof DatabaseError)) return 'outage'
  const state = error.code ?? ''
  if (CONTENTION_STATES.has(state) || error.constraint === 'available_funds') return 'contention'
  return OUTAGE_CLASSES.has(state.slice(0, 2)) ? 'outage' : 'poison'
}
