/** What a run's payments have to have done to its accounts, and what was done. Amounts are minor units, signed. */

/** An account at one moment; the version is the number of its entries. */
export interface AccountState {
  readonly posted: number
  readonly version: number
}

/** Entries, and what they add up to. */
export interface Movement {
  entries: number
  amount: number
}

export interface Difference {
  readonly account: string
  readonly expected: Readonly<Movement>
  readonly got: Readonly<Movement>
}

export class AccountBook {
  readonly #before: ReadonlyMap<string, AccountState>
  readonly #movements = new Map<string, Movement>()

  /** @param before  as they stood when nothing of the run was posted */
  constructor(before: ReadonlyMap<string, AccountState>) {
    this.#before = before
  }

  /** A payment that succeeded. */
  post(source: string, destination: string, amount: number): void {
    this.#move(source, -amount)
    this.#move(destination, amount)
  }

  /** The versions that the accounts must have by now. */
  expectedVersion(account: string): number {
    return (this.#before.get(account)?.version ?? 0) + this.#movementOf(account).entries
  }

  /** Of the accounts whose state before and after is known, those that moved otherwise. */
  differences(after: ReadonlyMap<string, AccountState>): Difference[] {
    return [...this.#before].flatMap(([account, before]) => {
      const now = after.get(account)
      if (now === undefined) return []
      const expected = this.#movementOf(account)
      const got = { entries: now.version - before.version, amount: now.posted - before.posted }
      return got.entries === expected.entries && got.amount === expected.amount ? [] : [{ account, expected, got }]
    })
  }

  #movementOf(account: string): Movement {
    return this.#movements.get(account) ?? { entries: 0, amount: 0 }
  }

  #move(account: string, amount: number): void {
    const movement = this.#movementOf(account)
    this.#movements.set(account, movement)
    movement.entries++
    movement.amount += amount
  }
}
