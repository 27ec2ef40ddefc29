/** What an account may spend: by whoever operates the cluster. */
import { z } from 'zod'
import { accountIdSchema } from './ids.ts'
import { currencySchema, MAX_AMOUNT_MINOR } from './money.ts'
import { textSchema } from './text.ts'

const mostSchema = z.int().min(0).max(MAX_AMOUNT_MINOR)

/** Body of `POST /v1/ops/accounts/{id}/limits`. All of it counts from then on: what is not said is as by default. */
export const setAccountLimitsSchema = z
  .strictObject({
    overdraft: mostSchema.default(0).meta({ description: 'Minor units that the account may go below zero' }),
    per_payment: mostSchema
      .nullable()
      .default(null)
      .meta({ description: 'Minor units of one payment; null: no limit' }),
    per_day: mostSchema
      .nullable()
      .default(null)
      .meta({ description: 'Minor units of all payments, holds and withdrawals of one day of UTC; null: no limit' }),
    reason: textSchema(500),
  })
  .meta({
    id: 'SetAccountLimits',
    description: 'What an account may spend',
    examples: [{ overdraft: 50_000, per_payment: 20_000, per_day: 100_000, reason: 'Contract of 2026-11-27' }],
  })
export type SetAccountLimits = z.infer<typeof setAccountLimitsSchema>
/** As a client writes it. */
export type SetAccountLimitsBody = z.input<typeof setAccountLimitsSchema>

export const accountLimitsSchema = z
  .object({
    account: accountIdSchema,
    currency: currencySchema,
    overdraft: z.int(),
    per_payment: z.int().nullable(),
    per_day: z.int().nullable(),
    revision: z.int().meta({ description: 'Of the account: counts its changes other than postings' }),
  })
  .meta({ id: 'AccountLimits', description: 'What an account may spend, in minor units' })
export type AccountLimits = z.infer<typeof accountLimitsSchema>

/** The 202: its outcome is to be read off the account’s limits. */
export const queuedLimitsSchema = z
  .object({ account: accountIdSchema, status: z.literal('queued') })
  .meta({ id: 'QueuedLimits', description: 'Limits that will count' })
export type QueuedLimits = z.infer<typeof queuedLimitsSchema>
