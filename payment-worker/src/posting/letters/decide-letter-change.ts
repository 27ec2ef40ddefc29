import type { BatchLetterChange } from '../batch-command.ts'
import type { LetterDecision } from './letter-decisions.ts'
import type { LettersState } from './letter-state.ts'

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
    this.#closed.add(id)
    return { kind: 'letter change', change, letter }
  }
}
