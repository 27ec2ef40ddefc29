/** Payments and refunds as the API shows them, from the ledger's rows. */
import { FAILURES, refundEnd, type Payment, type Refund } from '@paycluster/contracts'
import { payerOf } from '@paycluster/platform/ids/house-accounts'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import { isoTime } from '@paycluster/platform/iso-time'
import type { NewPayment } from './decisions.ts'
import { statusOf } from './new-payment-row.ts'
import type { OperationRow, PaymentRow } from './ledger-state.ts'

/** A payment that is new: no operation has touched it. */
export function viewOfNewPayment({ payment, failure }: NewPayment, atMs: number): Payment {
  const { command, holdUntilMs } = payment
  const status = statusOf(failure, holdUntilMs !== null)
  return {
    id: command.id,
    status,
    source: command.source,
    destination: command.destination,
    amount: command.amount,
    currency: command.currency,
    reference: command.reference ?? null,
    description: command.description ?? null,
    metadata: command.metadata ?? {},
    failure: failure === null ? null : { code: failure, detail: FAILURES[failure] },
    capture: holdUntilMs === null ? 'automatic' : 'manual',
    captured: status === 'succeeded' ? command.amount : 0,
    refunded: 0,
    expires_at: holdUntilMs === null ? null : isoTime(holdUntilMs),
    created_at: isoTime(command.created_at_ms),
    completed_at: status === 'requires_capture' ? null : isoTime(atMs),
    version: 1,
  }
}

/** @param id  as the API has it */
export function viewOfPayment(ids: IdCodec, id: string, row: PaymentRow): Payment {
  const completedAtMs = row.completedAtMs ?? (isOpen(row) ? null : row.postedAtMs)
  return {
    id,
    status: row.status,
    source: ids.fromUuid('acc', row.source, payerOf(row.client, row.bank?.rail ?? null)),
    destination: row.unknownDestination ?? ids.fromUuid('acc', row.destination, row.counterparty ?? 0),
    amount: row.amount,
    currency: row.currency,
    reference: row.reference,
    description: row.description,
    metadata: { ...row.metadata },
    failure: row.failure === null ? null : { code: row.failure, detail: FAILURES[row.failure] },
    capture: row.holdUntilMs === null ? 'automatic' : 'manual',
    captured: row.status === 'succeeded' ? (row.captured ?? row.amount) : 0,
    refunded: row.refunded ?? 0,
    expires_at: row.holdUntilMs === null ? null : isoTime(row.holdUntilMs),
    created_at: isoTime(row.createdAtMs),
    completed_at: completedAtMs === null ? null : isoTime(completedAtMs),
    version: row.version,
    ...(row.bank === null ? {} : { bank: row.bank }),
  }
}

const isOpen = ({ status }: PaymentRow): boolean => status === 'requires_capture' || status === 'processing'

/** The payment as it was when it was new. */
export function asNew(row: PaymentRow): PaymentRow {
  if (row.version === 1) return row
  if (row.bank !== null)
    return { ...row, status: 'processing', failure: null, version: 1, refunded: null, completedAtMs: null }
  const status = statusOf(row.failure, row.holdUntilMs !== null)
  return { ...row, status, version: 1, captured: null, refunded: null, completedAtMs: null }
}

/** The payment as an operation left it, whatever came after. */
export function asAfter(row: PaymentRow, operation: OperationRow): PaymentRow {
  const { kind, amount, paymentVersion, refunded, postedAtMs } = operation
  if (paymentVersion === null || paymentVersion === row.version) return row
  if (kind === 'refund' || kind === 'settle_refund' || kind === 'decline_refund')
    return { ...row, version: paymentVersion, refunded }
  // After a bank's answer, too.
  if (kind === 'settle' || kind === 'decline') return { ...row, version: paymentVersion, refunded: null }
  // Captures, cancellations and expiries end a hold: nothing but refunds comes after.
  return {
    ...row,
    version: paymentVersion,
    captured: kind === 'capture' ? amount : null,
    refunded: null,
    completedAtMs: postedAtMs,
  }
}

type RefundFields = Pick<OperationRow, 'failure' | 'amount' | 'reason' | 'createdAtMs' | 'postedAtMs'> &
  Partial<Pick<OperationRow, 'settlement' | 'settledAtMs'>>

/** @param id  as the API has it, @param paymentId  likewise */
export function viewOfRefund(id: string, paymentId: string, currency: string | null, row: RefundFields): Refund {
  const { settlement = null, settledAtMs = null } = row
  const end = refundEnd(row.failure, settlement)
  return {
    id,
    payment: paymentId,
    ...end,
    amount: row.amount,
    currency,
    reason: row.reason,
    created_at: isoTime(row.createdAtMs),
    completed_at: end.status === 'processing' ? null : isoTime(settledAtMs ?? row.postedAtMs),
    version: settledAtMs === null ? 1 : 2,
  }
}

/** The refund as it was when it was new: a bank had not answered yet. */
export const refundAsNew = (row: OperationRow): OperationRow =>
  row.settlement === null ? row : { ...row, settlement: 'processing', settledAtMs: null }
