/** What of an event a client is told: what it may read, and of the sequences those of its own accounts. */
import { z } from 'zod'
import {
  ACCOUNT_EVENTS,
  ACCOUNT_ID_PATTERN,
  PAYMENT_EVENTS,
  REFUND_EVENTS,
  type WebhookEventType,
} from '@paycluster/contracts'
import { formatConsistencyToken } from '@paycluster/platform/consistency/consistency-token'
import { parseLsn } from '@paycluster/platform/consistency/lsn'

/** Anything else would fail later, and hold up what is behind it. */
const accountId = z.string().regex(ACCOUNT_ID_PATTERN)
const sequenceSchema = z.object({ account_id: accountId, sequence: z.int() })
const typeSchema = z.object({ id: z.string().max(200), type: z.string().max(100) })
const eventSchema = typeSchema.extend({
  time: z.string().max(40),
  data: z.looseObject({
    payment: z.looseObject({ source: accountId, destination: accountId }).optional(),
    account: z.looseObject({ id: accountId }).optional(),
    accounts: z.array(sequenceSchema).max(16).optional(),
    commit_lsn: z.string().transform(parseLsn),
    timeline: z.int().nonnegative(),
  }),
})

/** An event that is some client's business. */
export interface ClientEvent {
  readonly id: string
  readonly type: WebhookEventType
  /** Ids of the accounts that it is about: their owners are told. */
  readonly accounts: readonly string[]
  /** The body of the message to a client. @param isOwn  whether an account is the client's */
  bodyFor(isOwn: (account: string) => boolean): string
}

const TYPES: ReadonlySet<string> = new Set<WebhookEventType>([...PAYMENT_EVENTS, ...REFUND_EVENTS, ...ACCOUNT_EVENTS])
const isTold = (type: string): type is WebhookEventType => TYPES.has(type)

/**
 * @param value  of a message of `payment.events`
 * @returns undefined for an event that is no client's business
 * @throws SyntaxError, ZodError or RangeError for what is no event
 */
export function toClientEvent(value: Buffer | null): ClientEvent | undefined {
  const parsed: unknown = JSON.parse((value ?? Buffer.alloc(0)).toString('utf8'))
  const { id, type } = typeSchema.parse(parsed)
  // What modules of event-services tell is in no ledger, and has no position there.
  if (!isTold(type)) return undefined
  const { time, data } = eventSchema.parse(parsed)
  const { commit_lsn, timeline, accounts: sequences = [], ...told } = data
  const named = [data.payment?.source, data.payment?.destination, data.account?.id]
  const accounts = [...new Set(named.filter((account) => account !== undefined))]
  return {
    id,
    type,
    accounts,
    bodyFor(isOwn) {
      const own = sequences.filter(({ account_id }) => isOwn(account_id))
      const versions = own.map(({ account_id, sequence }) => [account_id, sequence] as const)
      return JSON.stringify({
        id,
        type,
        timestamp: time,
        consistency_token: formatConsistencyToken(timeline, commit_lsn, versions),
        data: own.length === 0 ? told : { ...told, accounts: own },
      })
    },
  }
}
