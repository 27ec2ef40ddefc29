import type { Act } from './act.ts'

/** Acts to come, the next one first; of those at one time, in the order in which they were added. */
export class Agenda {
  readonly #acts: Act[] = []

  get next(): Act | undefined {
    return this.#acts[0]
  }

  get size(): number {
    return this.#acts.length
  }

  add(act: Act): void {
    let [low, high] = [0, this.#acts.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#acts[middle]?.atMs ?? Infinity) <= act.atMs) low = middle + 1
      else high = middle
    }
    this.#acts.splice(low, 0, act)
  }

  take(): Act | undefined {
    return this.#acts.shift()
  }

  /** Takes out what is not to be done any more. */
  keep(wanted: (act: Act) => boolean): void {
    const kept = this.#acts.filter(wanted)
    this.#acts.splice(0, this.#acts.length, ...kept)
  }
}
