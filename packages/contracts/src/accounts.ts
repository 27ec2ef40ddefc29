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
  .meta({ id: 'CreateAccount' })
export type CreateAccount = z.infer<typeof createAccountSchema>

/** An account as its owner sees it. `revision` counts its changes other than postings. */
export const accountSchema = z
  .object({
    id: accountIdSchema,
    kind: z.enum(LEDGER_ACCOUNT_KINDS),
    currency: currencySchema,
    status: z.enum(ACCOUNT_STATUSES),
    external_id: z.string().nullable(),
    metadata: z.record(z.string(), z.string()),
    created_at: timeSchema,
    revision: z.int(),
  })
  .meta({ id: 'Account' })
export type Account = z.infer<typeof accountSchema>

/** A balance in minor units. `available` = posted - pending_out; `version` is the number of entries of the account. */
export const balanceSchema = z
  .object({
    account_id: accountIdSchema,
    currency: currencySchema,
    posted: z.int(),
    pending_out: z.int(),
    available: z.int(),
    version: z.int(),
    as_of: timeSchema,
  })
  .meta({ id: 'Balance' })
export type Balance = z.infer<typeof balanceSchema>

export const ENTRY_KINDS = ['payment'] as const

/** One line of a statement. `amount` is signed: negative leaves the account. `seq` counts from 1 without a gap. */
export const entrySchema = z
  .object({
    seq: z.int(),
    payment_id: paymentIdSchema,
    kind: z.enum(ENTRY_KINDS),
    amount: z.int(),
    balance_after: z.int(),
    created_at: timeSchema,
  })
  .meta({ id: 'Entry' })
export type Entry = z.infer<typeof entrySchema>
