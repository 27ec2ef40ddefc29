import type { Scenario } from '../scenario/scenario.ts'
import type { Cast } from './cast.ts'
import type { Draws } from './draws.ts'

/** Among more accounts than that, one that is free is found. */
const TRIES = 30

/** What all acts of one plan share: who takes part, who is taken, and how acts are counted. */
export class Stage {
  readonly scenario: Scenario
  readonly cast: Cast
  #lastNumber = 0
  /** Until when, by account: who is blocked, or plays a part in a pattern. */
  readonly #taken = new Map<string, number>()

  constructor(scenario: Scenario, cast: Cast) {
    this.scenario = scenario
    this.cast = cast
  }

  /** From 1 on, in the order of planning: an act that follows from another one has its number before its turn. */
  nextNumber(): number {
    return (this.#lastNumber += 1)
  }

  /**
   * Different customers, any of them equally likely, of whom none is taken where there are enough others.
   *
   * @throws Error when there are not so many customers
   */
  freeCustomers(draws: Draws, count: number, nowMs: number): string[] {
    const chosen = new Set<string>()
    if (count > this.cast.customers.length) throw new Error(`there are no ${count} customers`)
    for (let tries = count * TRIES; chosen.size < count; tries -= 1) {
      const customer = draws.pick(this.cast.customers)
      if (tries <= 0 || !this.isTaken(customer, nowMs)) chosen.add(customer)
    }
    return [...chosen]
  }

  isTaken(account: string, nowMs: number): boolean {
    return (this.#taken.get(account) ?? -Infinity) > nowMs
  }

  take(accounts: readonly string[], nowMs: number, untilMs: number): void {
    for (const [account, endMs] of this.#taken) if (endMs <= nowMs) this.#taken.delete(account)
    for (const account of accounts) this.#taken.set(account, Math.max(untilMs, this.#taken.get(account) ?? 0))
  }

  /** An ordinary amount, in minor units. */
  amount(draws: Draws): number {
    const { min, max, median, sigma } = this.scenario.amounts
    return Math.min(max, Math.max(min, Math.round(median * Math.exp(sigma * draws.normal()))))
  }

  /** Far above every ordinary amount. */
  largeAmount(factor: number): number {
    return Math.round(this.scenario.amounts.max * factor)
  }

  customerIndex(draws: Draws): number {
    return draws.zipf(this.cast.customers.length, this.scenario.customers.zipf)
  }

  customer(draws: Draws): string {
    return this.cast.customers[this.customerIndex(draws)] ?? ''
  }

  merchant(draws: Draws): string {
    const { merchants } = this.cast
    const { hot, traffic } = this.scenario.merchants
    const hotCount = traffic === 0 ? 0 : Math.min(merchants.length, Math.max(1, Math.round(merchants.length * hot)))
    const toHot = draws.chance(traffic) || hotCount === merchants.length
    const [from, to] = toHot ? [0, hotCount - 1] : [hotCount, merchants.length - 1]
    return merchants[draws.integer(from, to)] ?? ''
  }
}
