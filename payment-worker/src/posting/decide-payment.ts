import { MAX_AMOUNT_MINOR, type FailureCode } from '@paycluster/contracts'
import type { BatchPayment } from './batch-command.ts'
import type { NewPayment, RepeatedPayment } from './decisions.ts'
import type { Leg } from './leg.ts'
import { isAboveLimit } from './limits/limit-state.ts'
import type { RunningBalance, RunningLedger } from './running-ledger.ts'

const NO_LEGS: readonly Leg[] = []

/** A payment: its money moves, or is held for its destination, or it fails. */
export function decidePayment(ledger: RunningLedger, payment: BatchPayment): NewPayment | RepeatedPayment {
  const row = ledger.state.payments.get(payment.id)
  if (row !== undefined) return { kind: 'repeated payment', payment, row }
  const source = ledger.balanceOf(payment.source)
  const destination = ledger.destinationOf(payment)
  const failure = hasOtherBody(ledger, payment)
    ? 'idempotency_key_reused'
    : failureOf(ledger, payment, source, destination)
  const decision: NewPayment = {
    kind: 'payment',
    payment,
    failure,
    counterparty: destination?.client ?? null,
    legs: failure === null ? legsOf(payment) : NO_LEGS,
  }
  if (failure === null && source !== undefined && destination !== undefined) {
    const { amount, client, reference } = payment.command
    if (payment.holdUntilMs === null) {
      source.posted -= amount
      destination.posted += amount
    } else source.held += amount
    source.spent += amount
    ledger.terms.spend(client, source.currency, amount)
    if (reference !== undefined) ledger.takeReference(client, reference)
  }
  ledger.addPayment(decision)
  return decision
}

/**
 * Whether the ledger has another batch under its key: what is new in this one was never asked for under that. Who asks is
 * told so by the first payment, which is not new.
 */
function hasOtherBody(ledger: RunningLedger, { command, batch }: BatchPayment): boolean {
  const first = batch === undefined ? undefined : ledger.paymentOf(batch.first)
  return first !== undefined && first.fingerprint !== command.fingerprint
}

function failureOf(
  ledger: RunningLedger,
  { command, source: sourceId, destination: destinationId }: BatchPayment,
  source: RunningBalance | undefined,
  destination: RunningBalance | undefined,
): FailureCode | null {
  // The source's owner was checked by its id's tag; here the ledger itself says so.
  if (source === undefined || destination === undefined || source.client !== command.client) return 'account_not_found'
  if (sourceId === destinationId) return 'same_account'
  if (source.isBlocked || destination.isBlocked) return 'account_blocked'
  if (source.currency !== command.currency || destination.currency !== command.currency) return 'currency_mismatch'
  if (command.reference !== undefined && ledger.isTaken(command.client, command.reference)) return 'duplicate_reference'
  const { client, currency, amount } = command
  if (isAboveLimit(source, source.spent, amount) || ledger.terms.isAboveLimit(client, currency, amount))
    return 'limit_exceeded'
  if (source.posted - source.held - command.amount < source.minAvailable) return 'insufficient_funds'
  if (source.posted - command.amount < -MAX_AMOUNT_MINOR) return 'limit_exceeded'
  if (destination.posted + command.amount > MAX_AMOUNT_MINOR) return 'limit_exceeded'
  return null
}

/** A hold keeps the amount from being spent otherwise; without one, the money moves at once. */
function legsOf({ id, command, source, destination, holdUntilMs }: BatchPayment): readonly Leg[] {
  const { amount, client, id: paymentId } = command
  if (holdUntilMs !== null)
    return [{ account: source, kind: 'hold', amount: 0, held: amount, payment: id, paymentId, client }]
  return [
    { account: source, kind: 'payment', amount: -amount, held: 0, payment: id, paymentId, client },
    { account: destination, kind: 'payment', amount, held: 0, payment: id, paymentId, client },
  ]
}

/** The same payment, which moves nothing. */
export const asFailed = (decision: NewPayment, failure: FailureCode): NewPayment => ({
  ...decision,
  failure,
  legs: NO_LEGS,
})
