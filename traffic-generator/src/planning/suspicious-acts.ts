/** What a suspicious pattern is made of: one instance, from its first act to its last. */
import type { Pattern } from '../scenario/patterns.ts'
import type { Act, Suspicion } from './act.ts'
import { Draws } from './draws.ts'
import type { Stage } from './stage.ts'

/** Nobody plays in two patterns that a rule could take for one. */
const APART_MS = 60_000
/** What a thief tries a card with: the smallest amount, and up to so much more. */
const SMALL_SPREAD = 100
/** Cards of patterns; below are those of customers. */
const FIRST_STOLEN_CARD = 1_000_000
const CARDS_PER_INSTANCE = 1000

type Part<A> = A extends Act ? Omit<A, 'number' | 'atMs' | 'suspicion'> : never
/** An act without what its place in the plan says. */
type ActPart = Part<Act>

/** Makes the instances of the pattern at `index` of a scenario. */
export class SuspiciousActs {
  readonly #pattern: Pattern
  readonly #index: number
  readonly #stage: Stage
  readonly #draws: Draws
  #instances = 0

  constructor(pattern: Pattern, index: number, stage: Stage, seed: number) {
    this.#pattern = pattern
    this.#index = index
    this.#stage = stage
    this.#draws = new Draws(seed, `pattern ${index}`)
  }

  /** All acts of one more instance. @param beginMs  of its first one */
  next(beginMs: number): Act[] {
    this.#instances += 1
    const [stage, draws, pattern] = [this.#stage, this.#draws, this.#pattern]
    switch (pattern.label) {
      case 'velocity': {
        const [source = ''] = this.#accounts(1, beginMs)
        const times = this.#times(pattern.payments, beginMs)
        return this.#labelled([source], times, () => this.#pays(source, stage.merchant(draws), stage.amount(draws)))
      }
      case 'large_amount': {
        const [source = ''] = this.#accounts(1, beginMs)
        const times = this.#times(pattern.history + 1, beginMs)
        const history = times.slice(0, -1).map((atMs) => this.#plain(atMs, this.#pays(source)))
        const large = (): ActPart => this.#pays(source, stage.merchant(draws), stage.largeAmount(pattern.factor))
        return [...history, ...this.#labelled([source], times.slice(-1), large)]
      }
      case 'small_then_large': {
        const [source = ''] = this.#accounts(1, beginMs)
        const merchant = stage.merchant(draws)
        const times = this.#times(pattern.small + 1, beginMs)
        return this.#labelled([source], times, (nth) => {
          const isLast = nth === pattern.small
          return this.#pays(source, merchant, isLast ? stage.largeAmount(pattern.factor) : this.#smallAmount())
        })
      }
      case 'new_payees': {
        const [source = '', ...payees] = this.#accounts(pattern.payees + 1, beginMs, 1)
        const times = this.#times(pattern.payees, beginMs)
        return this.#labelled([source], times, (nth) => this.#pays(source, payees[nth] ?? '', stage.amount(draws)))
      }
      case 'card_testing': {
        const [destination = ''] = this.#accounts(1, beginMs)
        const declined = Math.round(pattern.cards * pattern.declined_share)
        return this.#labelled([destination], this.#times(pattern.cards, beginMs), (nth) => ({
          kind: 'card_payment',
          destination,
          amount: this.#smallAmount(),
          card: this.#card(nth),
          // The declined ones come first: a thief stops at none that works.
          isDeclined: nth < declined,
        }))
      }
      case 'shared_card': {
        const accounts = this.#accounts(pattern.accounts, beginMs)
        return this.#labelled(accounts, this.#times(pattern.accounts, beginMs), (nth) => ({
          kind: 'card_payment',
          destination: accounts[nth] ?? '',
          amount: stage.amount(draws),
          card: this.#card(0),
          isDeclined: false,
        }))
      }
      case 'refund_abuse':
        return this.#refundAbuse(pattern.refunds, beginMs)
      case 'blocked_counterparty':
        return this.#blockedCounterparty(pattern.payments, beginMs)
    }
  }

  #refundAbuse(refunds: number, beginMs: number): Act[] {
    const [source = ''] = this.#accounts(1, beginMs)
    const merchant = this.#stage.merchant(this.#draws)
    const times = this.#times(2 * refunds, beginMs)
    let of = 0
    return this.#labelled([source, merchant], times, (nth, number) => {
      // Each payment is followed by its refund.
      if (nth % 2 === 1) return { kind: 'refund', of, after: of }
      of = number
      return this.#pays(source, merchant, this.#stage.amount(this.#draws))
    })
  }

  #blockedCounterparty(payments: number, beginMs: number): Act[] {
    const [source = '', blocked = ''] = this.#accounts(2, beginMs)
    const [blockMs = beginMs, ...times] = this.#times(payments + 2, beginMs)
    const block = this.#plain(blockMs, { kind: 'block', account: blocked })
    const after = { after: block.number }
    const suspicious = this.#labelled([source, blocked], times.slice(0, -1), () => ({
      ...this.#pays(source, blocked, this.#stage.amount(this.#draws)),
      ...after,
    }))
    const last = suspicious.at(-1)?.number ?? block.number
    return [
      block,
      ...suspicious,
      this.#plain(times.at(-1) ?? blockMs, { kind: 'unblock', account: blocked, after: last }),
    ]
  }

  /** @param part  of the nth act, from 0, and its number */
  #labelled(
    accounts: readonly string[],
    times: readonly number[],
    part: (nth: number, number: number) => ActPart,
  ): Act[] {
    const suspicion: Suspicion = {
      label: this.#pattern.label,
      instance: `${this.#pattern.label}-${this.#index + 1}-${this.#instances}`,
      accounts,
      acts: times.length,
    }
    return times.map((atMs, nth) => {
      const number = this.#stage.nextNumber()
      return { ...part(nth, number), number, atMs, suspicion }
    })
  }

  /** Part of an instance, and not suspicious by itself. */
  #plain(atMs: number, part: ActPart): Act {
    return { ...part, number: this.#stage.nextNumber(), atMs }
  }

  #pays(
    source: string,
    destination = this.#stage.merchant(this.#draws),
    amount = this.#stage.amount(this.#draws),
  ): Part<Extract<Act, { kind: 'payment' | 'hold' }>> {
    return { kind: 'payment', source, destination, amount }
  }

  /** Sorted; the first one is the beginning, and the last one the end, where there are several. */
  #times(count: number, beginMs: number): number[] {
    const between = Array.from({ length: Math.max(0, count - 2) }, () => this.#draws.uniform(0, this.#pattern.within))
    return [0, ...between, this.#pattern.within]
      .slice(0, count)
      .sort((one, other) => one - other)
      .map((ms) => beginMs + ms)
  }

  /** @param played  how many of them play a part of their own, and are taken for a while; all by default */
  #accounts(count: number, beginMs: number, played = count): string[] {
    const accounts = this.#stage.freeCustomers(this.#draws, count, beginMs)
    this.#stage.take(accounts.slice(0, played), beginMs, beginMs + this.#pattern.within + APART_MS)
    return accounts
  }

  #smallAmount(): number {
    const { min, max } = this.#stage.scenario.amounts
    return this.#draws.integer(min, Math.min(max, min + SMALL_SPREAD))
  }

  #card(nth: number): number {
    return FIRST_STOLEN_CARD + (this.#index * CARDS_PER_INSTANCE + this.#instances) * CARDS_PER_INSTANCE + nth
  }
}
