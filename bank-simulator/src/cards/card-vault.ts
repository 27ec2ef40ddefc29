/**
 * The cards behind tokens, in memory alone: a bank that starts again has forgotten them. What is kept of a card is what
 * its charges need, which is neither its number nor its cvc: how they end is decided when the token is made.
 */
import { randomUUID } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Clock } from '@paycluster/platform/clock'
import { BankProblem } from '../http/bank-problem.ts'
import type { Outcome } from '../operations/operation.ts'
import type { CardDetails } from './card-details.ts'
import { hasExpired, outcomeOf } from './card-outcome.ts'

/** The least recently used go. */
const MAX_TOKENS = 10_000

/** A card as clients may see it. */
export interface CardToken {
  readonly token: string
  readonly brand: string
  readonly last4: string
  readonly expiry_month: number
  readonly expiry_year: number
}

interface KeptCard {
  readonly card: CardToken
  readonly outcome: Outcome
}

export class CardVault {
  readonly #clock: Clock
  readonly #cards = new LRUCache<string, KeptCard>({ max: MAX_TOKENS })
  readonly #byKey = new LRUCache<string, { fingerprint: string; made: Promise<CardToken> }>({ max: MAX_TOKENS })

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * The token of this key; a new one is for the card that `read` gives. One that could not be read is not remembered.
   *
   * @throws BankProblem `idempotency_key_reused` (422), and what `read` throws
   */
  async tokenise(key: string, fingerprint: string, read: () => Promise<CardDetails>): Promise<CardToken> {
    const known = this.#byKey.get(key)
    if (known !== undefined) {
      if (known.fingerprint !== fingerprint)
        throw new BankProblem('idempotency_key_reused', 'The Idempotency-Key came with another body before.')
      return known.made
    }
    const made = read().then((details) => this.#keep(details))
    this.#byKey.set(key, { fingerprint, made })
    try {
      return await made
    } catch (error) {
      this.#byKey.delete(key)
      throw error
    }
  }

  /** The card of a token, and how a charge of it ends now. @throws BankProblem `token_unknown` (422) */
  charge(token: string): { readonly card: CardToken; readonly outcome: Outcome } {
    const kept = this.#cards.get(token)
    if (kept === undefined) throw new BankProblem('token_unknown', 'The bank knows no card by this token.')
    const { card, outcome } = kept
    return hasExpired(card.expiry_year, card.expiry_month, this.#clock.now())
      ? { card, outcome: { status: 'declined', reason: 'expired_card' } }
      : { card, outcome }
  }

  #keep({ number, brand, expiryMonth, expiryYear }: CardDetails): CardToken {
    const card = {
      token: `ctk_${randomUUID().replaceAll('-', '')}`,
      brand,
      last4: number.slice(-4),
      expiry_month: expiryMonth,
      expiry_year: expiryYear,
    }
    this.#cards.set(card.token, { card, outcome: outcomeOf(number) })
    return card
  }
}
