import { mergeTokens } from './merge-tokens.ts'

/** Some 100 bytes each. */
const MAX_REMEMBERED = 10_000

/**
 * What this client has seen, as consistency tokens, by what they are about: an account, a payment.
 *
 * A read sends the token of what it reads, and so waits for nothing else. A read of many things, and of something that is
 * remembered no more, sends the token of everything.
 */
export class SeenState {
  #everything: string | undefined
  #hasForgotten = false
  /** In the order of their last use. */
  readonly #tokens = new Map<string, string>()

  /** @param subjects  ids that the answer was about */
  note(token: string, subjects: readonly string[]): void {
    this.#everything = mergeTokens(this.#everything, token)
    for (const subject of subjects) {
      const merged = mergeTokens(this.#tokens.get(subject), token)
      this.#tokens.delete(subject)
      this.#tokens.set(subject, merged)
    }
    for (const subject of this.#tokens.keys()) {
      if (this.#tokens.size <= MAX_REMEMBERED) break
      this.#tokens.delete(subject)
      this.#hasForgotten = true
    }
  }

  /** @param subject  undefined: many things */
  tokenFor(subject: string | undefined): string | undefined {
    if (subject === undefined) return this.#everything
    return this.#tokens.get(subject) ?? (this.#hasForgotten ? this.#everything : undefined)
  }
}
