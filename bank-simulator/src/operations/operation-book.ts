import type { Accepted, JournalRecord, Resolved } from '../journal/journal-record.ts'
import { signedAmount, type Operation, type Outcome } from './operation.ts'

/** An operation with what only the bank knows of it. */
export interface BookEntry {
  readonly operation: Operation
  readonly fingerprint: string
  /** Of a pending one: when and how it ends. */
  readonly due: Accepted['due']
}

/** A line of a statement. */
export interface SettledEntry {
  readonly operation: Operation
  /** Our account in the operation's currency after it, in minor units. */
  readonly balanceAfter: number
}

/**
 * The bank's state: every operation by its key, the balances, what settled on which day. It is what the journal says and
 * nothing else: the same records in the same order give the same book, after a restart as before it.
 */
export class OperationBook {
  readonly #byKey = new Map<string, BookEntry>()
  readonly #pending = new Map<string, BookEntry>()
  readonly #balances = new Map<string, number>()
  readonly #days = new Map<string, SettledEntry[]>()
  readonly #refunded = new Map<string, number>()

  get size(): number {
    return this.#byKey.size
  }

  apply(record: JournalRecord): void {
    if (record.record === 'accepted') this.#accept(record)
    else this.#resolve(record)
  }

  find(idempotencyKey: string): BookEntry | undefined {
    return this.#byKey.get(idempotencyKey)
  }

  /** Those that have not ended yet. */
  pending(): BookEntry[] {
    return [...this.#pending.values()]
  }

  /** In minor units, of every currency that was ever moved. */
  balances(): ReadonlyMap<string, number> {
    return this.#balances
  }

  /** By the key of what is paid back: minor units of the refunds of it that settled, or will. */
  refunded(): ReadonlyMap<string, number> {
    return this.#refunded
  }

  /** @param day  of UTC, `2026-11-27`. @returns what settled on it, in that order */
  settledOn(day: string): readonly SettledEntry[] {
    return this.#days.get(day) ?? []
  }

  #accept({ operation, fingerprint, due }: Accepted): void {
    const entry = { operation, fingerprint, due }
    this.#byKey.set(operation.idempotency_key, entry)
    if (operation.refund_of !== undefined && operation.status !== 'declined' && due?.outcome.status !== 'declined')
      addTo(this.#refunded, operation.refund_of, operation.amount)
    if (operation.status === 'pending') this.#pending.set(operation.id, entry)
    else this.#settle(operation)
  }

  #resolve({ id, at, outcome }: Resolved): void {
    const entry = this.#pending.get(id)
    if (entry === undefined) throw new Error(`${id} is resolved, and is not pending`)
    const operation = ended(entry.operation, outcome, at)
    this.#pending.delete(id)
    this.#byKey.set(operation.idempotency_key, { operation, fingerprint: entry.fingerprint, due: undefined })
    this.#settle(operation)
  }

  /** Moves the money, if it is to move. */
  #settle(operation: Operation): void {
    if (operation.settled_at === null) return
    const balanceAfter = (this.#balances.get(operation.currency) ?? 0) + signedAmount(operation)
    this.#balances.set(operation.currency, balanceAfter)
    const day = operation.settled_at.slice(0, 'YYYY-MM-DD'.length)
    const entries = this.#days.get(day)
    if (entries === undefined) this.#days.set(day, [{ operation, balanceAfter }])
    else entries.push({ operation, balanceAfter })
  }
}

/** Adds minor units to what a map has of a key. */
export function addTo(amounts: Map<string, number>, key: string, amount: number): void {
  amounts.set(key, (amounts.get(key) ?? 0) + amount)
}

/** The operation with its end. */
export function ended(operation: Operation, outcome: Outcome, at: string): Operation {
  return outcome.status === 'settled'
    ? { ...operation, status: 'settled', settled_at: at }
    : { ...operation, status: 'declined', decline_reason: outcome.reason }
}
