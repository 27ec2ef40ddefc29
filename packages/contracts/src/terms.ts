/** What a client may spend over all of its accounts, and what a bank's services cost it: by whoever operates the cluster. */
import { z } from 'zod'
import { MAX_COMMISSION_BPS, type BankRail } from './bank-payments.ts'
import { clientIdSchema } from './clients.ts'
import { currencySchema, MAX_AMOUNT_MINOR } from './money.ts'
import { textSchema } from './text.ts'

/** One for each currency that there may be. */
const MAX_LIMITS = 200

const bpsSchema = z
  .int()
  .min(0)
  .max(MAX_COMMISSION_BPS)
  .nullable()
  .default(null)
  .meta({ description: 'Basis points; null: as the cluster’s settings have it' })
const mostSchema = z.int().min(0).max(MAX_AMOUNT_MINOR).nullable().default(null)

/** Basis points by rail. */
const commissionsSchema = z.strictObject({ deposit: bpsSchema, withdrawal: bpsSchema, card: bpsSchema })

const clientLimitSchema = z.strictObject({
  currency: currencySchema,
  per_payment: mostSchema.meta({ description: 'Minor units of one payment; null: no limit' }),
  per_day: mostSchema.meta({
    description: 'Minor units of all payments, holds and withdrawals of one day of UTC; null: no limit',
  }),
})

const isEachOnce = (limits: readonly z.infer<typeof clientLimitSchema>[]): boolean =>
  new Set(limits.map(({ currency }) => currency)).size === limits.length

/** Body of `POST /v1/ops/clients/{id}/terms`. All of it counts from then on: what is not said is as by default. */
export const setClientTermsSchema = z
  .strictObject({
    commissions: commissionsSchema.prefault({}),
    limits: z
      .array(clientLimitSchema)
      .max(MAX_LIMITS)
      .refine(isEachOnce, 'has a currency twice')
      .default([])
      .meta({ description: 'Over all accounts of the client, each currency once; none: no limits' }),
    reason: textSchema(500),
  })
  .meta({
    id: 'SetClientTerms',
    description: 'What a client may spend, and what a bank’s services cost it',
    examples: [
      {
        commissions: { deposit: 150, card: 120 },
        limits: [{ currency: 'USD', per_day: 1_000_000 }],
        reason: 'Contract of 2026-11-27',
      },
    ],
  })
export type SetClientTerms = z.infer<typeof setClientTermsSchema>
/** As a client writes it. */
export type SetClientTermsBody = z.input<typeof setClientTermsSchema>

const rate = z.int().nullable()
export const clientTermsSchema = z
  .object({
    client: clientIdSchema,
    commissions: z.object({ deposit: rate, withdrawal: rate, card: rate } satisfies Record<BankRail, typeof rate>),
    limits: z.array(
      z.object({ currency: currencySchema, per_payment: z.int().nullable(), per_day: z.int().nullable() }),
    ),
    revision: z.int().meta({ description: 'Counts the changes of the terms; 0: there has been none' }),
  })
  .meta({ id: 'ClientTerms', description: 'What a client may spend, and what a bank’s services cost it' })
export type ClientTerms = z.infer<typeof clientTermsSchema>

/** The 202: its outcome is to be read off the client’s terms. */
export const queuedTermsSchema = z
  .object({ client: clientIdSchema, status: z.literal('queued') })
  .meta({ id: 'QueuedTerms', description: 'Terms that will count' })
export type QueuedTerms = z.infer<typeof queuedTermsSchema>
