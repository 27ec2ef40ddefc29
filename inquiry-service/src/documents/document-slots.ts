import { ProblemError } from '@paycluster/platform/problem-error'

/** How many documents may be under way at once, in all and of one client. */
export interface SlotLimits {
  readonly total: number
  readonly ofClient: number
}

/** Keeps documents, which take long, from taking what other reads need. */
export class DocumentSlots {
  readonly #limits: SlotLimits
  readonly #taken = new Map<number, number>()
  #total = 0

  constructor(limits: SlotLimits) {
    this.#limits = limits
  }

  /**
   * @returns what gives the place back, once however often it is called
   * @throws ProblemError `overloaded` (503) when there is none
   */
  take(client: number): () => void {
    const { total, ofClient } = this.#limits
    const taken = this.#taken.get(client) ?? 0
    if (this.#total >= total || taken >= ofClient)
      throw new ProblemError('overloaded', 'Too many statements are being written right now.')
    this.#total += 1
    this.#taken.set(client, taken + 1)
    let isGiven = false
    return () => {
      if (isGiven) return
      isGiven = true
      this.#total -= 1
      const left = (this.#taken.get(client) ?? 1) - 1
      if (left === 0) this.#taken.delete(client)
      else this.#taken.set(client, left)
    }
  }
}
