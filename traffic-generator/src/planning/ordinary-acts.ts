/** What honest customers do. */
import type { Mix, OrdinaryKind } from '../scenario/scenario.ts'
import type { Act, Transfer } from './act.ts'
import { Draws } from './draws.ts'
import type { Stage } from './stage.ts'

/** A hold ends so long after it was made. */
const HOLD_MS = { min: 1000, max: 10_000 }
const HOLD_ENDS = { captured: 6, captured_in_part: 2, canceled: 2 }
/** An account stays blocked so long. */
const BLOCK_MS = { min: 1000, max: 5000 }
const MAX_BLOCKED = 8
const BATCH_PAYMENTS = { min: 2, max: 10 }
/** Payments that a refund may be of: these many last ones, and none that has hardly been made. */
const REFUNDABLE = 256
const REFUND_AFTER_MS = 1000
const PARTIAL_REFUND_SHARE = 0.3

interface MadePayment {
  readonly number: number
  readonly atMs: number
  readonly amount: number
}

export class OrdinaryActs {
  readonly #stage: Stage
  readonly #draws: Draws
  #refundable: MadePayment[] = []
  /** When each block that is in force ends. */
  #blockEndsMs: number[] = []

  constructor(stage: Stage, seed: number) {
    this.#stage = stage
    this.#draws = new Draws(seed, 'ordinary')
  }

  /**
   * One act by the mix, and what follows from it later. Where what was drawn cannot be, because there is nothing to refund
   * or enough is blocked, it is a payment.
   */
  next(mix: Mix, nowMs: number): Act[] {
    const kind = this.#draws.weighted(mix)
    return this.#make(kind, nowMs) ?? [this.#payment(nowMs)]
  }

  #make(kind: OrdinaryKind, atMs: number): Act[] | undefined {
    const [stage, draws] = [this.#stage, this.#draws]
    switch (kind) {
      case 'payment':
        return [this.#payment(atMs)]
      case 'hold':
        return this.#hold(atMs)
      case 'refund':
        return this.#refund(atMs)
      case 'deposit':
      case 'withdrawal':
        return [{ ...this.#at(atMs), kind, account: stage.customer(draws), amount: stage.amount(draws) }]
      case 'card_payment':
        return [this.#topUp(atMs)]
      case 'batch': {
        const count = draws.integer(BATCH_PAYMENTS.min, BATCH_PAYMENTS.max)
        return [{ ...this.#at(atMs), kind, payments: Array.from({ length: count }, () => this.#transfer()) }]
      }
      case 'block':
        return this.#block(atMs)
      case 'balance':
      case 'statement':
        return [{ ...this.#at(atMs), kind, account: stage.customer(draws) }]
    }
  }

  #at(atMs: number): { readonly number: number; readonly atMs: number } {
    return { number: this.#stage.nextNumber(), atMs }
  }

  #transfer(): Transfer {
    const [stage, draws] = [this.#stage, this.#draws]
    return { source: stage.customer(draws), destination: stage.merchant(draws), amount: stage.amount(draws) }
  }

  #payment(atMs: number): Act {
    const payment = { ...this.#at(atMs), ...this.#transfer(), kind: 'payment' as const }
    this.#refundable.push(payment)
    if (this.#refundable.length > 2 * REFUNDABLE) this.#refundable = this.#refundable.slice(-REFUNDABLE)
    return payment
  }

  #hold(atMs: number): Act[] {
    const draws = this.#draws
    const hold = { ...this.#at(atMs), ...this.#transfer(), kind: 'hold' as const }
    const end = draws.weighted(HOLD_ENDS)
    const later = { ...this.#at(atMs + draws.uniform(HOLD_MS.min, HOLD_MS.max)), of: hold.number, after: hold.number }
    if (end === 'canceled') return [hold, { ...later, kind: 'cancel' }]
    if (end === 'captured') return [hold, { ...later, kind: 'capture' }]
    return [hold, { ...later, kind: 'capture', amount: draws.integer(1, hold.amount) }]
  }

  #refund(atMs: number): Act[] | undefined {
    const old = this.#refundable.findLastIndex((payment) => payment.atMs <= atMs - REFUND_AFTER_MS) + 1
    if (old === 0) return undefined
    const [payment] = this.#refundable.splice(this.#draws.integer(0, old - 1), 1)
    if (payment === undefined) return undefined
    const refund = { ...this.#at(atMs), kind: 'refund' as const, of: payment.number, after: payment.number }
    const isPartial = this.#draws.chance(PARTIAL_REFUND_SHARE)
    return [isPartial ? { ...refund, amount: this.#draws.integer(1, payment.amount) } : refund]
  }

  /** A customer's own card pays into the customer's own account: the card's index is that of the customer. */
  #topUp(atMs: number): Act {
    const index = this.#stage.customerIndex(this.#draws)
    const destination = this.#stage.cast.customers[index] ?? ''
    const amount = this.#stage.amount(this.#draws)
    return { ...this.#at(atMs), kind: 'card_payment', destination, amount, card: index, isDeclined: false }
  }

  #block(atMs: number): Act[] | undefined {
    this.#blockEndsMs = this.#blockEndsMs.filter((endMs) => endMs > atMs)
    const account = this.#draws.pick(this.#stage.cast.customers)
    if (this.#blockEndsMs.length >= MAX_BLOCKED || this.#stage.isTaken(account, atMs)) return undefined
    const block = { ...this.#at(atMs), kind: 'block' as const, account }
    const endMs = atMs + this.#draws.uniform(BLOCK_MS.min, BLOCK_MS.max)
    this.#blockEndsMs.push(endMs)
    this.#stage.take([account], atMs, endMs)
    return [block, { ...this.#at(endMs), kind: 'unblock', account, after: block.number }]
  }
}
