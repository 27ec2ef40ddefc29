import type { BankRail } from '@paycluster/contracts'
import { isAboveLimit, spentOn } from '../limits/limit-state.ts'
import type { ClientLimitState, TermsState } from './term-state.ts'

const NOBODY: TermsState = new Map()

const keyOf = (client: number, currency: string): string => `${String(client)} ${currency}`

/** What clients may spend while a batch is being decided: as it was read, less what the commands before have spent. */
export class RunningTerms {
  readonly #terms: TermsState
  readonly #day: string
  readonly #spent = new Map<string, number>()

  /** @param day  of UTC, as PostgreSQL's date */
  constructor(terms: TermsState = NOBODY, day: string) {
    this.#terms = terms
    this.#day = day
  }

  /** Basis points; undefined for a client of whom nothing is said. */
  commissionBps(client: number, rail: BankRail): number | undefined {
    return this.#terms.get(client)?.commissions[rail] ?? undefined
  }

  /** Whether an amount is more than a client may spend at once, or today. */
  isAboveLimit(client: number, currency: string, amount: number): boolean {
    const limit = this.#limitOf(client, currency)
    return limit !== undefined && isAboveLimit(limit, this.#spentBy(client, currency, limit), amount)
  }

  /** Counts what a client spends, where it has a limit of a day. */
  spend(client: number, currency: string, amount: number): void {
    const limit = this.#limitOf(client, currency)
    if (limit === undefined || limit.dailyLimit === null) return
    this.#spent.set(keyOf(client, currency), this.#spentBy(client, currency, limit) + amount)
  }

  /** @returns takes back what has been spent since */
  remember(): () => void {
    const spent = new Map(this.#spent)
    return () => {
      this.#spent.clear()
      for (const [key, amount] of spent) this.#spent.set(key, amount)
    }
  }

  #limitOf(client: number, currency: string): ClientLimitState | undefined {
    return this.#terms.size === 0 ? undefined : this.#terms.get(client)?.limits.get(currency)
  }

  #spentBy(client: number, currency: string, limit: ClientLimitState): number {
    return this.#spent.get(keyOf(client, currency)) ?? spentOn(limit, this.#day)
  }
}
