import type { BatchLetterChange } from '../batch-command.ts'
import type { LetterDecision } from './letter-decisions.ts'
import type { LetterRow, LettersState } from './letter-state.ts'

/** Of 1 MiB that the log takes: the rest is for the headers that name the letter. */
const MAX_REPLAYED_BYTES = 1_000_000

const NOTHING: LettersState = { letters: new Map(), changes: new Map() }

/** Dead letters while a batch is being decided: what a command before has closed is closed. */
export class RunningLetters {
  readonly #state: LettersState
  readonly #closed = new Set<string>()

  constructor(state: LettersState = NOTHING) {
    this.#state = state
  }

  /** Decides a replay or a discard. That the caller may ask for it, its scope has said. */
  decide(change: BatchLetterChange): LetterDecision {
    const id = change.command.letter
    const letter = this.#state.letters.get(id)
    if (letter === undefined) return { kind: 'refused letter change', change, problem: 'not_found' }
    const row = this.#state.changes.get(change.id)
    if (row !== undefined) return { kind: 'repeated letter change', change, row, letter }
    if (letter.state !== 'open' || this.#closed.has(id))
      return { kind: 'refused letter change', change, problem: 'dead_letter_closed' }
    if (change.command.type === 'dead_letter.replay' && letter.kind === 'event')
      return { kind: 'refused letter change', change, problem: 'dead_letter_not_replayable' }
    if (change.command.type === 'dead_letter.replay' && isTooLarge(letter))
      return { kind: 'refused letter change', change, problem: 'payload_too_large' }
    this.#closed.add(id)
    return { kind: 'letter change', change, letter }
  }
}

const isTooLarge = (letter: LetterRow): boolean =>
  letter.kind === 'command' && (letter.key?.length ?? 0) + (letter.payload?.length ?? 0) > MAX_REPLAYED_BYTES
