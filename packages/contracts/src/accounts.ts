import { z } from 'zod'
import { accountIdSchema, paymentIdSchema } from './ids.ts'
import { currencySchema } from './money.ts'
import { metadataSchema, textSchema, timeSchema } from './text.ts'

export const ACCOUNT_KINDS = ['customer', 'merchant'] as const
/** `system` accounts (funding, fees, clearing) are the cluster's own: no client can create one. */
export const LEDGER_ACCOUNT_KINDS = [...ACCOUNT_KINDS, 'system'] as const
export const ACCOUNT_STATUSES = ['active', 'blocked'] as const

/** Body of `POST /v1/accounts`. */
export const createAccountSchema = z
  .strictObject({
    kind: z.enum(ACCOUNT_KINDS),
    currency: currencySchema,
    external_id: textSchema(100).optional(),
    metadata: metadataSchema.optional(),
  })
  .meta({ id: 'CreateAccount', description: 'An account to open' })
export type CreateAccount = z.infer<typeof createAccountSchema>

export const accountSchema = z
  .object({
    id: accountIdSchema,
    kind: z.enum(LEDGER_ACCOUNT_KINDS),
    currency: currencySchema,
    status: z.enum(ACCOUNT_STATUSES),
    external_id: z.string().nullable(),
    metadata: z.record(z.string(), z.string()),
    created_at: timeSchema,
    revision: z.int().meta({ description: 'Counts the changes of the account other than postings' }),
  })
  .meta({ id: 'Account', description: 'An account as its owner sees it' })
export type Account = z.infer<typeof accountSchema>

/** Body of `POST /v1/accounts/{id}/block` and `/unblock`. */
export const changeBlockSchema = z.strictObject({ reason: textSchema(500) }).meta({
  id: 'ChangeBlock',
  description: 'Why an account is blocked or unblocked',
  examples: [{ reason: 'Card reported stolen' }],
})
export type ChangeBlock = z.infer<typeof changeBlockSchema>

/** The 202 of a block or its end: its outcome is to be read off the account. */
export const queuedBlockChangeSchema = z
  .object({ account: accountIdSchema, change: z.enum(['block', 'unblock']), status: z.literal('queued') })
  .meta({ id: 'QueuedBlockChange', description: 'An accepted block or its end: the account will show it' })
export type QueuedBlockChange = z.infer<typeof queuedBlockChangeSchema>

/** `queued` is no status of an account, only of the answer that accepts one which is not in the ledger yet. */
export const queuedAccountSchema = accountSchema
  .extend({ status: z.literal('queued') })
  .meta({ id: 'QueuedAccount', description: 'An account that will be opened' })
export type QueuedAccount = z.infer<typeof queuedAccountSchema>

export const balanceSchema = z
  .object({
    account_id: accountIdSchema,
    currency: currencySchema,
    posted: z.int(),
    pending_out: z.int(),
    available: z.int(),
    version: z.int().meta({ description: 'The number of entries of the account' }),
    as_of: timeSchema,
  })
  .meta({ id: 'Balance', description: 'A balance in minor units: `available` = `posted` - `pending_out`' })
export type Balance = z.infer<typeof balanceSchema>

/**
 * `payment` and `capture` move money, `hold` and `release` only change what is pending, `refund` moves it back. A capture
 * also ends its hold. `deposit`, `withdrawal` and `card` are what a bank has settled, `fee` the commission on it.
 */
export const ENTRY_KINDS = [
  'payment',
  'hold',
  'capture',
  'release',
  'refund',
  'deposit',
  'withdrawal',
  'card',
  'fee',
] as const
export type EntryKind = (typeof ENTRY_KINDS)[number]

export const entrySchema = z
  .object({
    seq: z.int().meta({ description: 'Counts from 1 without a gap' }),
    payment_id: paymentIdSchema,
    kind: z.enum(ENTRY_KINDS),
    amount: z.int().meta({
      description: 'Minor units; negative leaves the account; 0 where only what is pending changed',
      example: -1250,
    }),
    balance_after: z.int(),
    pending_amount: z.int().optional().meta({ description: 'The change of `pending_out`; absent where there is none' }),
    pending_after: z.int().optional().meta({ description: '`pending_out` after it; absent where it is 0' }),
    created_at: timeSchema,
  })
  .meta({ id: 'Entry', description: 'One line of a statement' })
export type Entry = z.infer<typeof entrySchema>
