/** What of an event says that something of the ledger was told. */
import { z } from 'zod'
import { idToUuid } from '../ids/id-codec.ts'

/** An account with more entries than this is not one of ours; a sequence past it is an event that lies. */
const MAX_SEQUENCE = 2 ** 31

/** What of an event is looked at. */
const eventSchema = z.object({
  type: z.string(),
  time: z.string(),
  data: z.object({
    payment: z.object({ id: z.string() }).optional(),
    refund: z.object({ id: z.string() }).optional(),
    account: z.object({ id: z.string(), revision: z.int() }).optional(),
    limits: z.object({ account: z.string(), revision: z.int() }).optional(),
    dead_letter: z.object({ id: z.string(), version: z.int() }).optional(),
    accounts: z.array(z.object({ account_id: z.string(), sequence: z.int().min(1).max(MAX_SEQUENCE) })).optional(),
  }),
})

export type ToldEvent = z.output<typeof eventSchema>

/** What an event tells of that took no sequence of an account. */
export interface Told {
  readonly kind: 'payment' | 'refund' | 'account' | 'dead letter'
  /** 32 hexadecimal digits; a dead letter's as it is. */
  readonly id: string
  /** Of an account or a dead letter after the change. */
  readonly revision: number | null
}

/** By which one is found: `payment 019ac3…`. */
export const textOfTold = ({ kind, id, revision }: Told): string =>
  revision === null ? `${kind} ${id}` : `${kind} ${id} ${revision}`

/** @throws SyntaxError or ZodError for what is no event */
export const parseToldEvent = (value: Buffer | null): ToldEvent =>
  eventSchema.parse(JSON.parse(value?.toString('utf8') ?? ''))

/** Of an event that is about something without a sequence. */
export function toldBy({ type, data: { payment, refund, account, limits, dead_letter } }: ToldEvent): Told | undefined {
  if (type === 'payment.failed' && payment !== undefined)
    return { kind: 'payment', id: idToUuid(payment.id), revision: null }
  if (type === 'refund.failed' && refund !== undefined)
    return { kind: 'refund', id: idToUuid(refund.id), revision: null }
  if ((type === 'account.blocked' || type === 'account.unblocked') && account !== undefined)
    return { kind: 'account', id: idToUuid(account.id), revision: account.revision }
  if (type === 'account.limited' && limits !== undefined)
    return { kind: 'account', id: idToUuid(limits.account), revision: limits.revision }
  if (dead_letter !== undefined) return { kind: 'dead letter', id: dead_letter.id, revision: dead_letter.version }
  return undefined
}
