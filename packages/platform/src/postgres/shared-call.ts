/**
 * One call for everybody who asked before it was sent.
 *
 * Its answer has to be younger than each asker's question: one who asks while a call is under way may not use that one
 * (it may have been answered before the question) and shares the next, which starts when this one is back. So there is
 * one call under way at a time, however many ask.
 */
export class SharedCall<T> {
  readonly #call: () => Promise<T>
  #underWay: Promise<unknown> | undefined
  #next: Promise<T> | undefined

  constructor(call: () => Promise<T>) {
    this.#call = call
  }

  /** Whether nobody waits and nothing is under way. */
  get isIdle(): boolean {
    return this.#underWay === undefined && this.#next === undefined
  }

  /** An answer that was given after this question. Rejects as the call does. */
  ask(): Promise<T> {
    this.#next ??= this.#start()
    return this.#next
  }

  async #start(): Promise<T> {
    // Also when nothing is under way: whoever asks in the same turn of the event loop shares.
    await (this.#underWay ?? new Promise(setImmediate))
    this.#next = undefined
    const call = this.#call()
    const underWay = call
      .catch(() => undefined)
      .finally(() => {
        if (this.#underWay === underWay) this.#underWay = undefined
      })
    this.#underWay = underWay
    return call
  }
}
