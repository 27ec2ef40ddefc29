import { z } from 'zod'
import { amountSchema, currencySchema, textSchema, timeSchema } from '@paycluster/contracts'

/** Why something is declined: the words of banks and card processors, such as `insufficient_funds`. */
export const reasonSchema = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, { error: 'must be a lower_case word' })

const chargedCardSchema = z.strictObject({ brand: z.string(), last4: z.string() })

/** A movement of money between the outside and our account at the bank: as it is answered, and as it is journalled. */
export const operationSchema = z.strictObject({
  id: z.string(),
  idempotency_key: z.string(),
  type: z.enum(['collection', 'payout', 'card_charge', 'refund']),
  status: z.enum(['pending', 'settled', 'declined']),
  decline_reason: reasonSchema.optional(),
  /** Minor units, positive; the type says which way they go. */
  amount: amountSchema,
  currency: currencySchema,
  reference: textSchema(100).nullable(),
  /** Of a card charge. */
  card: chargedCardSchema.optional(),
  /** Of a refund: the key of what it pays back. */
  refund_of: z.string().optional(),
  created_at: timeSchema,
  settled_at: timeSchema.nullable(),
})

export type Operation = z.output<typeof operationSchema>

/** What a client asks for. */
export interface AskedOperation extends Pick<Operation, 'type' | 'amount' | 'currency' | 'reference' | 'refund_of'> {
  readonly idempotencyKey: string
  /** Of the body: the same key with another one is refused. */
  readonly fingerprint: string
}

/** How an operation ends. */
export const outcomeSchema = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('settled') }),
  z.strictObject({ status: z.literal('declined'), reason: reasonSchema }),
])

export type Outcome = z.output<typeof outcomeSchema>

/** How an operation is to end, and when: at once, or later. */
export interface Verdict {
  readonly outcome: Outcome
  /** Undefined: at once. */
  readonly afterMs?: number
}

/** What the bank makes of a new operation. */
export interface Decision {
  readonly verdict: Verdict
  readonly card?: NonNullable<Operation['card']>
}

/** What it changes our account by, in minor units. */
export const signedAmount = ({ type, amount }: Pick<Operation, 'type' | 'amount'>): number =>
  type === 'payout' || type === 'refund' ? -amount : amount
