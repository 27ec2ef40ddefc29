import type { Outcome } from '../operations/operation.ts'

/** Numbers that decide, as processors have them in their test modes: https://docs.stripe.com/testing#declined-payments */
const REASONS: Readonly<Record<string, string>> = {
  '4000000000000002': 'card_declined',
  '4000000000009995': 'insufficient_funds',
  '4000000000000069': 'expired_card',
  '4000000000000127': 'incorrect_cvc',
}

/** How every charge of the card ends while it is valid. */
export function outcomeOf(number: string): Outcome {
  const reason = REASONS[number]
  return reason === undefined ? { status: 'settled' } : { status: 'declined', reason }
}

/** A card is valid to the end of its month; the bank's months are those of UTC. */
export const hasExpired = (expiryYear: number, expiryMonth: number, nowMs: number): boolean =>
  nowMs >= Date.UTC(expiryYear, expiryMonth)
