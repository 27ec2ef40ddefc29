/** What a batch decides of commands about dead letters. */
import type { ProblemCode } from '@paycluster/contracts'
import type { BatchLetterChange } from '../batch-command.ts'
import type { LetterChangeRow, LetterRow } from './letter-state.ts'

/** A replay or a discard that is new to the ledger. */
export interface NewLetterChange {
  readonly kind: 'letter change'
  readonly change: BatchLetterChange
  /** As it was, open. */
  readonly letter: LetterRow
}

/** One that the ledger has already. */
export interface RepeatedLetterChange {
  readonly kind: 'repeated letter change'
  readonly change: BatchLetterChange
  readonly row: LetterChangeRow
  readonly letter: LetterRow
}

/** What cannot be done: nothing changes. */
export interface RefusedLetterChange {
  readonly kind: 'refused letter change'
  readonly change: BatchLetterChange
  readonly problem: LetterRefusal
}

export type LetterRefusal = Extract<
  ProblemCode,
  'not_found' | 'dead_letter_closed' | 'dead_letter_not_replayable' | 'payload_too_large'
>
export type LetterDecision = NewLetterChange | RepeatedLetterChange | RefusedLetterChange
