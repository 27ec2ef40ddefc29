/** Dice that repeat with their seed. */
import { createHash } from 'node:crypto'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/**
 * A stream of draws of its own for each purpose: what one draws more or less moves no other one's luck.
 *
 * @param purpose  names the stream among those of a seed
 */
export class Draws {
  readonly #uniform: () => number

  constructor(seed: number, purpose: string) {
    const digest = createHash('sha256').update(`${seed}/${purpose}`).digest()
    const generator = xoroshiro128plus(digest.readInt32LE())
    this.#uniform = () => uniformFloat64(generator)
  }

  /** min ≤ x < max */
  uniform(min = 0, max = 1): number {
    return min + this.#uniform() * (max - min)
  }

  /** min ≤ n ≤ max, whole */
  integer(min: number, max: number): number {
    return Math.min(max, min + Math.floor(this.#uniform() * (max - min + 1)))
  }

  chance(share: number): boolean {
    return this.#uniform() < share
  }

  /** Mean 1: between two arrivals of a Poisson process, in units of their mean distance. */
  exponential(): number {
    return -Math.log(1 - this.#uniform())
  }

  /** Box and Muller: two uniform numbers give a normal one. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.#uniform())) * Math.cos(2 * Math.PI * this.#uniform())
  }

  /** @throws Error for an empty list */
  pick<T>(from: readonly T[]): T {
    const picked = from[this.integer(0, from.length - 1)]
    if (picked === undefined) throw new Error('nothing to pick from')
    return picked
  }

  /** @param weights  one above 0 at least */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
    const entries = Object.entries(weights) as [K, number][]
    let left = this.#uniform() * entries.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [name, weight] of entries) {
      left -= weight
      if (weight > 0 && left < 0) return name
    }
    // Rounding: the last one that can be.
    const last = entries.findLast(([, weight]) => weight > 0)
    if (last === undefined) throw new Error('no weight is above 0')
    return last[0]
  }

  /**
   * Zipf by the inverse of its continuous form, k^-s on 1…n: no table of weights.
   *
   * @returns an index below `count`, of which the lower ones come more often
   */
  zipf(count: number, exponent: number): number {
    const reach = count + 1
    const draw = this.#uniform()
    const rank =
      Math.abs(exponent - 1) < 1e-9 ? reach ** draw : ((reach ** (1 - exponent) - 1) * draw + 1) ** (1 / (1 - exponent))
    return Math.min(count, Math.max(1, Math.floor(rank))) - 1
  }
}
