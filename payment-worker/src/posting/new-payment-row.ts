import type { FailureCode } from '@paycluster/contracts'
import type { NewBankPayment, NewPayment } from './decisions.ts'
import type { PaymentRow } from './ledger-state.ts'

/** The row that the payment gets, but for the sequences of its entries, which are not known yet. */
export function newPaymentRow(decision: NewPayment | NewBankPayment, atMs: number): PaymentRow {
  return decision.kind === 'payment' ? ofPayment(decision, atMs) : ofBankPayment(decision, atMs)
}

function ofPayment({ payment, failure, counterparty }: NewPayment, atMs: number): PaymentRow {
  const { command } = payment
  return {
    client: command.client,
    counterparty,
    unknownDestination: counterparty === null ? command.destination : null,
    status: statusOf(failure, payment.holdUntilMs !== null),
    failure,
    source: payment.source,
    destination: payment.destination,
    sourceSeq: null,
    destinationSeq: null,
    amount: command.amount,
    currency: command.currency,
    reference: command.reference ?? null,
    description: command.description ?? null,
    metadata: command.metadata ?? {},
    fingerprint: command.fingerprint,
    createdAtMs: command.created_at_ms,
    postedAtMs: atMs,
    version: 1,
    holdUntilMs: payment.holdUntilMs,
    captured: null,
    refunded: null,
    completedAtMs: null,
    bank: null,
  }
}

function ofBankPayment({ payment, bank, failure, counterparty }: NewBankPayment, atMs: number): PaymentRow {
  const { command } = payment
  return {
    client: command.client,
    counterparty,
    unknownDestination: counterparty === null ? command.account : null,
    status: failure === null ? 'processing' : 'failed',
    failure,
    source: payment.source,
    destination: payment.destination,
    sourceSeq: null,
    destinationSeq: null,
    amount: command.amount,
    currency: command.currency,
    reference: null,
    description: command.description ?? null,
    metadata: command.metadata ?? {},
    fingerprint: command.fingerprint,
    createdAtMs: command.created_at_ms,
    postedAtMs: atMs,
    version: 1,
    holdUntilMs: null,
    captured: null,
    refunded: null,
    completedAtMs: null,
    bank,
  }
}

/** What a payment is when it is new. */
export function statusOf(failure: FailureCode | null, isHeld: boolean): 'failed' | 'requires_capture' | 'succeeded' {
  if (failure !== null) return 'failed'
  return isHeld ? 'requires_capture' : 'succeeded'
}
