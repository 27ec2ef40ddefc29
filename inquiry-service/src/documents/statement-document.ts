/** A statement of account to keep: what it opens with, its entries, what it closes with. */
import type { EntryKind } from '@paycluster/contracts'

export interface StatementLine {
  readonly seq: number
  readonly at: string
  readonly kind: EntryKind
  readonly paymentId: string
  /** Whatever its maker wrote. */
  readonly reference: string | null
  /** Minor units, as are all that follow; negative leaves the account. */
  readonly amount: number
  readonly balanceAfter: number
  /** The change of what is pending, and what is pending after it. */
  readonly pendingAmount: number
  readonly pendingAfter: number
}

/** Everything that is known before the first entry is read. The entries below `nextSeq` never change. */
export interface StatementHead {
  readonly account: string
  readonly currency: string
  /** RFC 3339; undefined where the statement has no such bound. */
  readonly from: string | undefined
  readonly to: string | undefined
  readonly firstSeq: number
  /** One past the last. */
  readonly nextSeq: number
  /** Minor units. */
  readonly opening: number
  readonly openingPending: number
}

export interface StatementDocument extends StatementHead {
  /** Oldest first, as they are read. */
  readonly lines: AsyncIterable<readonly StatementLine[]>
}

/** Sums of what came in and what went out, in minor units: they may be more than a balance can be. */
export class StatementTotals {
  closing: number
  closingPending: number
  moneyIn = 0n
  moneyOut = 0n
  entries = 0

  constructor({ opening, openingPending }: Pick<StatementHead, 'opening' | 'openingPending'>) {
    this.closing = opening
    this.closingPending = openingPending
  }

  add({ amount, balanceAfter, pendingAfter }: StatementLine): void {
    if (amount > 0) this.moneyIn += BigInt(amount)
    else this.moneyOut -= BigInt(amount)
    this.closing = balanceAfter
    this.closingPending = pendingAfter
    this.entries += 1
  }
}
