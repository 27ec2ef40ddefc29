/**
 * The cards behind tokens, in memory alone: a bank that starts again has forgotten them. What is kept of a card is what
 * its charges need, which is neither its number nor its cvc: how they end is decided when the token is made.
 */
import { createHmac, randomBytes, randomUUID } from 'node:crypto'
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
  readonly #byKey = new LRUCache<string, { readonly fingerprint: string; readonly card: CardToken }>({
    max: MAX_TOKENS,
  })
  /** Of this process alone: nobody finds a card by trying all numbers. */
  readonly #fingerprintKey = randomBytes(32)

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * The token of this key, for this card: encrypted anew, it is another text and the same card.
   *
   * @throws BankProblem `idempotency_key_reused` (422) for another card
   */
  tokenise(key: string, details: CardDetails): CardToken {
    const fingerprint = this.#fingerprintOf(details)
    const known = this.#byKey.get(key)
    if (known === undefined) {
      const card = this.#keep(details)
      this.#byKey.set(key, { fingerprint, card })
      return card
    }
    if (known.fingerprint === fingerprint) return known.card
    throw new BankProblem('idempotency_key_reused', 'The Idempotency-Key came with another card before.')
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

  #fingerprintOf({ number, expiryMonth, expiryYear }: CardDetails): string {
    return createHmac('sha256', this.#fingerprintKey).update(`${number} ${expiryMonth} ${expiryYear}`).digest('hex')
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
