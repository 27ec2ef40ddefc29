/**
 * Commands on `payment.commands`: everything that changes money or accounts, in one log.
 *
 * They are written by services that have checked the client's input; the worker parses them again, because the log
 * outlives every version of its writers and a message that fits no schema must go to the dead letters, not to the ledger.
 */
import { z } from 'zod'
import { LEDGER_ACCOUNT_KINDS } from './accounts.ts'
import { accountIdSchema, paymentIdSchema } from './ids.ts'
import { amountSchema, currencySchema } from './money.ts'

/** A 128-bit fingerprint of the request body, as 32 hexadecimal digits. */
const fingerprintSchema = z.string().regex(/^[0-9a-f]{32}$/)

const envelope = {
  /** The caller's client number, from the signed identity. */
  client: z.int().positive(),
  fingerprint: fingerprintSchema,
  /** When the command was accepted, in milliseconds of the epoch. */
  created_at_ms: z.int().positive(),
  /** The reply channel of the instance that waits for the outcome, if one does. */
  reply_to: z.string().max(100).optional(),
}

export const paymentCommandSchema = z.strictObject({
  type: z.literal('payment.create'),
  id: paymentIdSchema,
  source: accountIdSchema,
  destination: accountIdSchema,
  amount: amountSchema,
  currency: currencySchema,
  reference: z.string().max(100).optional(),
  description: z.string().max(500).optional(),
  metadata: z.record(z.string(), z.string()).optional(),
  ...envelope,
})
export type PaymentCommand = z.infer<typeof paymentCommandSchema>

export const accountCommandSchema = z.strictObject({
  type: z.literal('account.create'),
  id: accountIdSchema,
  kind: z.enum(LEDGER_ACCOUNT_KINDS),
  currency: currencySchema,
  external_id: z.string().max(100).optional(),
  metadata: z.record(z.string(), z.string()).optional(),
  ...envelope,
})
export type AccountCommand = z.infer<typeof accountCommandSchema>

export const commandSchema = z.discriminatedUnion('type', [paymentCommandSchema, accountCommandSchema])
export type Command = z.infer<typeof commandSchema>

/**
 * What the worker publishes on a command's reply channel after the commit: arrays of these, each id once a batch, however
 * often its command came.
 */
export const outcomeSchema = z.object({
  id: z.string(),
  /** The final object: a payment or an account, in the form of the API. */
  object: z.record(z.string(), z.unknown()),
  /** Of the body that the ledger holds. A command with another one was refused: the object is the original one. */
  fingerprint: z.string(),
  /** The consistency token of the commit. */
  token: z.string(),
})
export type Outcome = z.infer<typeof outcomeSchema>
