/** What an event counts as: that a payment or a refund has come to a state. */
import { hash } from 'node:crypto'
import { z } from 'zod'
import {
  ACCOUNT_ID_PATTERN,
  ANALYTICS_STATES,
  BANK_RAILS,
  CAPTURE_METHODS,
  currencySchema,
  FINAL_STATES,
  PAYMENT_EVENTS,
  REFUND_EVENTS,
  type AnalyticsKind,
  type AnalyticsState,
} from '@paycluster/contracts'
import { cellOf } from '../latency-histogram.ts'

/** Anything else would fail in the database, and hold up what is behind it. */
const time = z.iso.datetime({ precision: 3 }).transform((text) => Date.parse(text))
const account = z.string().regex(ACCOUNT_ID_PATTERN)
const minorUnits = z.int().nonnegative()
const id = z.string().min(1).max(100)

const paymentSchema = z.object({
  id,
  status: z.enum(ANALYTICS_STATES),
  source: account,
  destination: account,
  amount: minorUnits,
  currency: currencySchema,
  capture: z.enum(CAPTURE_METHODS),
  captured: minorUnits,
  created_at: time,
  completed_at: time.nullable(),
  bank: z.object({ rail: z.enum(BANK_RAILS) }).optional(),
})
const refundSchema = z.object({
  id,
  status: z.enum(['processing', 'succeeded', 'failed']),
  amount: minorUnits.nullable(),
  created_at: time,
  completed_at: time.nullable(),
})
const eventSchema = z.object({ type: z.string().max(100), data: z.unknown() })
const paymentEventSchema = z.object({ payment: paymentSchema })
const refundEventSchema = z.object({ refund: refundSchema, payment: paymentSchema })

export interface Occurrence {
  /**
   * Of the object and its state, 32 hexadecimal digits. Events repeat with their ids; what is counted is the state, which an
   * object comes to once.
   */
  readonly key: string
  /** When it came to the state, in milliseconds of the epoch: it never changes, however often it is told. */
  readonly atMs: number
  readonly kind: AnalyticsKind
  readonly state: AnalyticsState
  readonly currency: string
  /** Minor units. */
  readonly volume: number
  /** Of the time from acceptance; -1 for a state that is not final. */
  readonly latencyCell: number
  /** The account of who made the payment. */
  readonly maker: string
  readonly destination: string
}

const PAYMENT_TYPES: ReadonlySet<string> = new Set(PAYMENT_EVENTS)
const REFUND_TYPES: ReadonlySet<string> = new Set(REFUND_EVENTS)
const FINAL: ReadonlySet<AnalyticsState> = new Set(FINAL_STATES)
export const NOT_FINAL = -1

/**
 * @param value  of a message of `payment.events`
 * @returns undefined for an event that is neither a payment's nor a refund's
 * @throws SyntaxError or ZodError for what is no event
 */
export function toOccurrence(value: Buffer | null): Occurrence | undefined {
  const { type, data } = eventSchema.parse(JSON.parse((value ?? Buffer.alloc(0)).toString('utf8')))
  if (PAYMENT_TYPES.has(type)) return ofPayment(paymentEventSchema.parse(data).payment)
  if (REFUND_TYPES.has(type)) return ofRefund(refundEventSchema.parse(data))
  return undefined
}

type PaymentPart = z.output<typeof paymentSchema>

function ofPayment(payment: PaymentPart): Occurrence {
  const { status, amount, captured, created_at, completed_at } = payment
  const isFinal = FINAL.has(status)
  const atMs = completed_at ?? created_at
  return {
    ...partiesOf(payment),
    key: keyOf(payment.id, status),
    atMs,
    kind: payment.bank?.rail ?? (payment.capture === 'manual' ? 'hold' : 'payment'),
    state: status,
    volume: status === 'succeeded' ? captured : amount,
    latencyCell: isFinal ? cellOf(atMs - created_at) : NOT_FINAL,
  }
}

function ofRefund({ refund, payment }: z.output<typeof refundEventSchema>): Occurrence {
  const { status, amount, created_at, completed_at } = refund
  const atMs = completed_at ?? created_at
  return {
    ...partiesOf(payment),
    key: keyOf(refund.id, status),
    atMs,
    kind: 'refund',
    state: status,
    volume: amount ?? 0,
    latencyCell: FINAL.has(status) ? cellOf(atMs - created_at) : NOT_FINAL,
  }
}

/** A bank pays from the cluster's own account: who made that payment owns what it goes to. */
function partiesOf({ source, destination, currency, bank }: PaymentPart) {
  const isFromBank = bank !== undefined && bank.rail !== 'withdrawal'
  return { maker: isFromBank ? destination : source, destination, currency }
}

const keyOf = (object: string, state: string): string => hash('sha256', `${object} ${state}`, 'hex').slice(0, 32)
