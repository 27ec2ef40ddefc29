/**
 * Commands on `payment.commands`: everything that changes money or accounts, in one log.
 *
 * They are written by services that have checked the client's input; the worker parses them again, because the log
 * outlives every version of its writers and a message that fits no schema must go to the dead letters, not to the ledger.
 */
import { z } from 'zod'
import { LEDGER_ACCOUNT_KINDS } from './accounts.ts'
import { BANK_RAILS, cardSchema, MAX_COMMISSION_BPS } from './bank-payments.ts'
import { clientIdSchema } from './clients.ts'
import { deadLetterIdSchema } from './dead-letters.ts'
import { LIMIT_TIERS, SCOPES } from './identity.ts'
import { accountIdSchema, operationIdSchema, paymentIdSchema, refundIdSchema } from './ids.ts'
import { keyIdSchema } from './keys.ts'
import { amountSchema, currencySchema } from './money.ts'
import { MAX_BATCH_PAYMENTS, MAX_HOLD_SECONDS } from './payments.ts'
import { PROBLEM_CODES } from './problem.ts'

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

const paymentFields = {
  id: paymentIdSchema,
  source: accountIdSchema,
  destination: accountIdSchema,
  amount: amountSchema,
  currency: currencySchema,
  reference: z.string().max(100).optional(),
  description: z.string().max(500).optional(),
  metadata: z.record(z.string(), z.string()).optional(),
  /** For how long a payment with manual capture is held, from its acceptance on. Absent: no hold. */
  hold_seconds: z.int().positive().max(MAX_HOLD_SECONDS).optional(),
}

export const paymentCommandSchema = z.strictObject({ type: z.literal('payment.create'), ...paymentFields, ...envelope })
export type PaymentCommand = z.infer<typeof paymentCommandSchema>

/** Many payments in one message. The envelope is each one's; the id is of the batch, which the ledger does not keep. */
export const batchCommandSchema = z.strictObject({
  type: z.literal('payment.batch'),
  id: operationIdSchema,
  payments: z.array(z.strictObject(paymentFields)).min(1).max(MAX_BATCH_PAYMENTS),
  /** All or none. */
  atomic: z.literal(true).optional(),
  ...envelope,
})
export type BatchCommand = z.infer<typeof batchCommandSchema>

/** Money to collect from a bank, or to pay out to one. */
export const bankPaymentCommandSchema = z.strictObject({
  type: z.literal('bank_payment.create'),
  id: paymentIdSchema,
  rail: z.enum(BANK_RAILS),
  /** Where the money goes to; of a withdrawal, where it comes from. */
  account: accountIdSchema,
  amount: amountSchema,
  currency: currencySchema,
  bank_reference: z.string().max(100).optional(),
  /** What stands for a card at the bank. Its number never goes through the log. */
  card: cardSchema.extend({ token: z.string().max(200) }).optional(),
  description: z.string().max(500).optional(),
  metadata: z.record(z.string(), z.string()).optional(),
  ...envelope,
})
export type BankPaymentCommand = z.infer<typeof bankPaymentCommandSchema>

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

const onPayment = { payment: paymentIdSchema, ...envelope }

export const captureCommandSchema = z.strictObject({
  type: z.literal('payment.capture'),
  id: operationIdSchema,
  /** Absent: all that is held. */
  amount: amountSchema.optional(),
  ...onPayment,
})

export const cancelCommandSchema = z.strictObject({
  type: z.literal('payment.cancel'),
  id: operationIdSchema,
  reason: z.string().max(500).optional(),
  ...onPayment,
})

/** The worker's own, for a hold whose time is over. */
export const expireCommandSchema = z.strictObject({
  type: z.literal('payment.expire'),
  id: operationIdSchema,
  ...onPayment,
})

export const refundCommandSchema = z.strictObject({
  type: z.literal('refund.create'),
  id: refundIdSchema,
  /** Absent: all that is left. */
  amount: amountSchema.optional(),
  reason: z.string().max(500).optional(),
  ...onPayment,
})

/** The worker's own: the bank has moved the money. Its fingerprint is the payment's. */
export const settleCommandSchema = z.strictObject({
  type: z.literal('payment.settle'),
  id: operationIdSchema,
  /** The bank's id of what it did. */
  reason: z.string().max(500).optional(),
  ...onPayment,
})

export type SettleCommand = z.infer<typeof settleCommandSchema>

/** The worker's own: the bank has not moved the money, and will not. Its fingerprint is the payment's. */
export const declineCommandSchema = z.strictObject({
  type: z.literal('payment.decline'),
  id: operationIdSchema,
  code: z.enum(['bank_declined', 'bank_unavailable']),
  reason: z.string().max(500).optional(),
  ...onPayment,
})

export type DeclineCommand = z.infer<typeof declineCommandSchema>

/** The worker's own: the bank has paid a refund back. Its fingerprint is the refund's. */
export const settleRefundCommandSchema = z.strictObject({
  type: z.literal('refund.settle'),
  id: operationIdSchema,
  refund: refundIdSchema,
  /** The bank's id of what it did. */
  reason: z.string().max(500).optional(),
  ...onPayment,
})

export type SettleRefundCommand = z.infer<typeof settleRefundCommandSchema>

/** The worker's own: the bank has not paid a refund back, and will not. Its fingerprint is the refund's. */
export const declineRefundCommandSchema = z.strictObject({
  type: z.literal('refund.decline'),
  id: operationIdSchema,
  refund: refundIdSchema,
  code: z.enum(['bank_declined', 'bank_unavailable']),
  reason: z.string().max(500).optional(),
  ...onPayment,
})

export type DeclineRefundCommand = z.infer<typeof declineRefundCommandSchema>

const blockFields = { id: operationIdSchema, account: accountIdSchema, reason: z.string().max(500), ...envelope }
export const blockCommandSchema = z.strictObject({ type: z.literal('account.block'), ...blockFields })
export const unblockCommandSchema = z.strictObject({ type: z.literal('account.unblock'), ...blockFields })

/** The most that may be spent; null: no limit. */
const mostSchema = z.int().min(0).nullable()

export const limitCommandSchema = z.strictObject({
  type: z.literal('account.limit'),
  id: operationIdSchema,
  account: accountIdSchema,
  overdraft: z.int().min(0),
  per_payment: mostSchema,
  per_day: mostSchema,
  reason: z.string().max(500),
  /** The key that asked, which an audit wants to know. */
  asked_by: keyIdSchema,
  ...envelope,
})
/** Sets what an account may spend. */
export type LimitCommand = z.infer<typeof limitCommandSchema>

const opsFields = {
  id: operationIdSchema,
  /** The key that asked, which an audit wants to know. */
  asked_by: keyIdSchema,
  ...envelope,
}
/** SHA-256 of a secret as 64 hexadecimal digits: the secret itself never goes through the log. */
const secretHashSchema = z.string().regex(/^[0-9a-f]{64}$/)

export const createClientCommandSchema = z.strictObject({
  type: z.literal('client.create'),
  name: z.string().max(100),
  ...opsFields,
})

export const createKeyCommandSchema = z.strictObject({
  type: z.literal('key.create'),
  key: keyIdSchema,
  /** The client whose key it will be. */
  owner: clientIdSchema,
  secret_hash: secretHashSchema,
  scopes: z.array(z.enum(SCOPES)).min(1),
  limit_tier: z.enum(LIMIT_TIERS),
  signature_required: z.boolean(),
  /** Absent: never. */
  expires_at_ms: z.int().positive().optional(),
  ...opsFields,
})
export type CreateKeyCommand = z.infer<typeof createKeyCommandSchema>

export const rotateKeyCommandSchema = z.strictObject({
  type: z.literal('key.rotate'),
  key: keyIdSchema,
  secret_hash: secretHashSchema,
  ...opsFields,
})

export const revokeKeyCommandSchema = z.strictObject({
  type: z.literal('key.revoke'),
  key: keyIdSchema,
  reason: z.string().max(500).optional(),
  ...opsFields,
})

const bpsSchema = z.int().min(0).max(MAX_COMMISSION_BPS).nullable()

export const setTermsCommandSchema = z.strictObject({
  type: z.literal('client.terms'),
  /** The client whose terms they are. */
  owner: clientIdSchema,
  commissions: z.strictObject({ deposit: bpsSchema, withdrawal: bpsSchema, card: bpsSchema }),
  limits: z.array(z.strictObject({ currency: currencySchema, per_payment: mostSchema, per_day: mostSchema })),
  reason: z.string().max(500),
  ...opsFields,
})
export type SetTermsCommand = z.infer<typeof setTermsCommandSchema>

const accessCommandSchema = z.discriminatedUnion('type', [
  createClientCommandSchema,
  setTermsCommandSchema,
  createKeyCommandSchema,
  rotateKeyCommandSchema,
  revokeKeyCommandSchema,
])
/** What changes who may call, and on what terms. */
export type AccessCommand = z.infer<typeof accessCommandSchema>

export const replayDeadLetterCommandSchema = z.strictObject({
  type: z.literal('dead_letter.replay'),
  letter: deadLetterIdSchema,
  reason: z.string().max(500).optional(),
  ...opsFields,
})

export const discardDeadLetterCommandSchema = z.strictObject({
  type: z.literal('dead_letter.discard'),
  letter: deadLetterIdSchema,
  reason: z.string().max(500),
  ...opsFields,
})

const deadLetterCommandSchema = z.discriminatedUnion('type', [
  replayDeadLetterCommandSchema,
  discardDeadLetterCommandSchema,
])
/** What decides what becomes of a dead letter. */
export type DeadLetterCommand = z.infer<typeof deadLetterCommandSchema>

const paymentOperationCommandSchema = z.discriminatedUnion('type', [
  captureCommandSchema,
  cancelCommandSchema,
  expireCommandSchema,
  refundCommandSchema,
  settleCommandSchema,
  declineCommandSchema,
  settleRefundCommandSchema,
  declineRefundCommandSchema,
])
/** What changes a payment that is there. */
export type PaymentOperationCommand = z.infer<typeof paymentOperationCommandSchema>

const blockChangeCommandSchema = z.discriminatedUnion('type', [blockCommandSchema, unblockCommandSchema])
/** What changes whether an account may pay and receive. */
export type BlockChangeCommand = z.infer<typeof blockChangeCommandSchema>

export const commandSchema = z.discriminatedUnion('type', [
  paymentCommandSchema,
  batchCommandSchema,
  bankPaymentCommandSchema,
  accountCommandSchema,
  ...paymentOperationCommandSchema.options,
  ...blockChangeCommandSchema.options,
  limitCommandSchema,
  ...accessCommandSchema.options,
  ...deadLetterCommandSchema.options,
])
export type Command = z.infer<typeof commandSchema>

/**
 * What the worker publishes on a command's reply channel after the commit: arrays of these, each id once a batch, however
 * often its command came.
 */
export const outcomeSchema = z.object({
  id: z.string(),
  /** The final object in the form of the API: a payment, an account, a refund. */
  object: z.record(z.string(), z.unknown()),
  /** Why an operation did nothing: the object is as it was. */
  problem: z.object({ code: z.enum(PROBLEM_CODES), detail: z.string() }).optional(),
  /** Of the body that the ledger holds. A command with another one was refused: the object is the original one. */
  fingerprint: z.string(),
  /** The consistency token of the commit. */
  token: z.string(),
  /** Of a key, the hash of the secret that it has: whoever made a secret knows by it whether that one counts. */
  secret_hash: secretHashSchema.optional(),
})
export type Outcome = z.infer<typeof outcomeSchema>
