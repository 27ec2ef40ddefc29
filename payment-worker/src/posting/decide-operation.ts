/** Decides what is asked of a payment that was accepted before: captures, cancellations, expiries, refunds. */
import {
  MAX_AMOUNT_MINOR,
  type DeclineRefundCommand,
  type EntryKind,
  type FailureCode,
  type OperationFailureCode,
  type OperationKind,
  type SettleRefundCommand,
} from '@paycluster/contracts'
import { houseAccount } from '@paycluster/platform/ids/house-accounts'
import { isPaymentAnswer, isRefundAnswer, type BatchOperation } from './batch-command.ts'
import type { NewOperation, RefundRefusal, RefusedCommand, RepeatedOperation } from './decisions.ts'
import type { Leg } from './leg.ts'
import type { BankSide, OperationRow, PaymentRow, Uuid } from './ledger-state.ts'
import type { RunningBalance, RunningLedger } from './running-ledger.ts'

const KINDS: Readonly<Record<BatchOperation['command']['type'], OperationKind>> = {
  'payment.capture': 'capture',
  'payment.cancel': 'cancel',
  'payment.expire': 'expire',
  'payment.settle': 'settle',
  'payment.decline': 'decline',
  'refund.settle': 'settle_refund',
  'refund.decline': 'decline_refund',
  'refund.create': 'refund',
}

/** What an operation would do. Amounts in minor units. */
interface Effect {
  readonly amount: number | null
  readonly changes: Partial<PaymentRow>
  readonly source: Movement
  readonly destination: Movement
  /** What goes to the account of commissions. */
  readonly fee?: number
}

interface Movement {
  readonly amount: number
  readonly held: number
}

const NOTHING: Movement = { amount: 0, held: 0 }

/** What decides whether somebody may ask at all, and how it is told. */
const REFUSALS: Readonly<Record<RefundRefusal, RefusedCommand['problem']>> = {
  payment_not_found: 'not_found',
  refund_not_permitted: 'forbidden',
}

/**
 * Nothing is recorded of a capture or a cancellation that is refused: of a stranger's, who learns nothing; of one that
 * names a payment which is still in the log, and may be asked again; nor of an expiry that comes too late, because the
 * hold has ended otherwise. A refund has an id, and with it a final state, refused or not.
 */
export function decideOperation(
  ledger: RunningLedger,
  operation: BatchOperation,
): NewOperation | RepeatedOperation | RefusedCommand {
  const { command } = operation
  const row = ledger.state.operations.get(operation.id)
  if (row !== undefined && isRefusal(row.failure)) return refusedBefore(operation, row, row.failure)
  const before = ledger.paymentOf(operation.payment)
  if (before === undefined) return refuse(operation, 'payment_queued', 'payment_not_found')
  const isTheirs = before.client === command.client || before.counterparty === command.client
  if (!isTheirs || !ledger.isIdOf(before, command.payment)) return refuse(operation, 'not_found', 'payment_not_found')
  // A refund takes from the account that was paid: that is its owner's to ask for.
  if (command.type === 'refund.create' && before.counterparty !== null && before.counterparty !== command.client)
    return refuse(operation, 'forbidden', 'refund_not_permitted')
  const refund = operation.refund === undefined ? undefined : ledger.refundOf(operation.refund)
  if (row !== undefined)
    return { kind: 'repeated operation', operation, row, payment: before, ...(refund === undefined ? {} : { refund }) }
  const isOver = before.holdUntilMs !== null && before.holdUntilMs <= ledger.atMs
  if (command.type === 'payment.expire' && !(before.status === 'requires_capture' && isOver))
    return refuse(operation, 'payment_not_capturable')
  // The bank's other answer, or the same by another way: the first one stands.
  if (isPaymentAnswer(command) && before.status !== 'processing') return refuse(operation, 'payment_not_capturable')
  if (isRefundAnswer(command)) {
    if (refund?.settlement !== 'processing' || refund.payment !== operation.payment)
      return refuse(operation, 'payment_not_capturable')
    return decideRefundAnswer(ledger, operation, command, before, refund)
  }

  const operationKind = KINDS[command.type]
  const effect = effectOf(command, before, ledger.atMs)
  const failed = (failure: OperationFailureCode): NewOperation => {
    const amount = 'amount' in command ? (command.amount ?? null) : null
    return { kind: 'operation', operation, operationKind, failure, amount, before, after: before, legs: [] }
  }
  if (typeof effect === 'string') return failed(effect)
  // What a bank has moved is moved, whatever has become of the account meanwhile.
  const failure = isPaymentAnswer(command) ? null : failureOf(ledger, before, effect)
  if (failure !== null) return failed(failure)
  return carryOut(ledger, operation, before, effect)
}

/** A bank's first answer to a refund: what was held for it has left, or is its account's again. */
function decideRefundAnswer(
  ledger: RunningLedger,
  operation: BatchOperation,
  command: SettleRefundCommand | DeclineRefundCommand,
  before: PaymentRow,
  refund: OperationRow,
): NewOperation {
  const isSettled = command.type === 'refund.settle'
  const after = { ...refund, settlement: isSettled ? 'settled' : command.code, settledAtMs: ledger.atMs } as const
  if (operation.refund !== undefined) ledger.setRefund(operation.refund, after)
  const amount = refund.amount ?? 0
  const effect: Effect = {
    amount,
    changes: isSettled ? {} : { refunded: (before.refunded ?? 0) - amount },
    source: isSettled ? { amount, held: 0 } : NOTHING,
    destination: { amount: isSettled ? -amount : 0, held: -amount },
  }
  return { ...carryOut(ledger, operation, before, effect), refund: after }
}

function carryOut(ledger: RunningLedger, operation: BatchOperation, before: PaymentRow, effect: Effect): NewOperation {
  const operationKind = KINDS[operation.command.type]
  const after = { ...before, ...effect.changes, version: before.version + 1 }
  apply(ledger.balanceOf(before.source), effect.source)
  apply(ledger.balanceOf(before.destination), effect.destination)
  if (effect.fee !== undefined) apply(ledger.balanceOf(feesOf(before)), { amount: effect.fee, held: 0 })
  ledger.setPayment(operation.payment, after)
  const legs = legsOf(operation, operationKind, before, effect)
  return { kind: 'operation', operation, operationKind, failure: null, amount: effect.amount, before, after, legs }
}

function refuse(
  operation: BatchOperation,
  problem: RefusedCommand['problem'],
  failure: RefundRefusal = 'payment_not_found',
): RefusedCommand {
  const { type, fingerprint, created_at_ms: createdAtMs } = operation.command
  if (type !== 'refund.create') return { kind: 'refused', command: operation, problem }
  const refund = { failure, isNew: true, fingerprint, createdAtMs }
  return { kind: 'refused', command: operation, problem: REFUSALS[failure], refund }
}

/** Whatever has become of the payment since. */
function refusedBefore(operation: BatchOperation, row: OperationRow, failure: RefundRefusal): RefusedCommand {
  const { fingerprint, createdAtMs, postedAtMs } = row
  const refund = { failure, isNew: false, fingerprint, createdAtMs, postedAtMs }
  return { kind: 'refused', command: operation, problem: REFUSALS[failure], refund }
}

const isRefusal = (failure: OperationFailureCode | null): failure is RefundRefusal =>
  failure !== null && Object.hasOwn(REFUSALS, failure)

/** What it does to the payment and its accounts, or why the payment's state does not allow it. */
function effectOf(
  command: Exclude<BatchOperation['command'], SettleRefundCommand | DeclineRefundCommand>,
  payment: PaymentRow,
  atMs: number,
): Effect | OperationFailureCode {
  if (command.type === 'refund.create') return refundOf(payment, command.amount)
  if (command.type === 'payment.settle') return settlementOf(payment, atMs)
  if (command.type === 'payment.decline') return declineOf(payment, command.code, atMs)
  if (payment.status !== 'requires_capture') return 'payment_not_capturable'
  const isOver = payment.holdUntilMs !== null && payment.holdUntilMs <= atMs
  switch (command.type) {
    case 'payment.capture':
      if (isOver) return 'hold_expired'
      return captureOf(payment, command.amount ?? payment.amount, atMs)
    case 'payment.cancel':
      return isOver ? 'hold_expired' : releaseOf(payment, 'canceled', atMs)
    case 'payment.expire':
      return releaseOf(payment, 'expired', atMs)
  }
}

function captureOf(payment: PaymentRow, amount: number, atMs: number): Effect | OperationFailureCode {
  if (amount > payment.amount) return 'capture_exceeds_hold'
  return {
    amount,
    changes: { status: 'succeeded', captured: amount, completedAtMs: atMs },
    // What is not captured is released.
    source: { amount: -amount, held: -payment.amount },
    destination: { amount, held: 0 },
  }
}

const releaseOf = (payment: PaymentRow, status: 'canceled' | 'expired', atMs: number): Effect => ({
  amount: null,
  changes: { status, completedAtMs: atMs },
  source: { amount: 0, held: -payment.amount },
  destination: NOTHING,
})

/** Of a withdrawal the commission comes on top, of the others out of the amount. */
function settlementOf(payment: PaymentRow, atMs: number): Effect {
  const { amount } = payment
  const { rail, fee } = bankOf(payment)
  const changes = { status: 'succeeded', completedAtMs: atMs } as const
  if (rail === 'withdrawal') {
    const whole = amount + fee
    return { amount, changes, source: { amount: -whole, held: -whole }, destination: { amount, held: 0 }, fee }
  }
  return { amount, changes, source: { amount: -amount, held: 0 }, destination: { amount: amount - fee, held: 0 }, fee }
}

/** What a withdrawal held is released. */
function declineOf(payment: PaymentRow, failure: FailureCode, atMs: number): Effect {
  const { rail, fee } = bankOf(payment)
  const held = rail === 'withdrawal' ? -(payment.amount + fee) : 0
  const changes = { status: 'failed', failure, completedAtMs: atMs } as const
  return { amount: null, changes, source: { amount: 0, held }, destination: NOTHING }
}

function bankOf({ bank }: PaymentRow): BankSide {
  if (bank === null) throw new Error('a payment between accounts is processing')
  return bank
}

const feesOf = ({ currency }: PaymentRow): Uuid => houseAccount('fees', currency)

function refundOf(payment: PaymentRow, asked: number | undefined): Effect | OperationFailureCode {
  // What was paid out to a bank account is not the cluster's to take back.
  if (payment.status !== 'succeeded' || payment.bank?.rail === 'withdrawal') return 'payment_not_refundable'
  const refunded = payment.refunded ?? 0
  const rest = (payment.captured ?? payment.amount) - refunded
  const amount = asked ?? rest
  if (amount > rest || rest === 0) return 'refund_exceeds_captured'
  const changes = { refunded: refunded + amount }
  // What a bank brought goes back through the bank: it is held until that has answered.
  return payment.bank === null
    ? { amount, changes, source: { amount, held: 0 }, destination: { amount: -amount, held: 0 } }
    : { amount, changes, source: NOTHING, destination: { amount: 0, held: amount } }
}

/** What forbids it on the accounts' side. Money neither leaves nor reaches a blocked account; a hold may be released. */
function failureOf(ledger: RunningLedger, payment: PaymentRow, effect: Effect): OperationFailureCode | null {
  const sides = [
    [ledger.balanceOf(payment.source), effect.source],
    [ledger.balanceOf(payment.destination), effect.destination],
  ] as const
  for (const [balance, { amount, held }] of sides)
    if ((amount !== 0 || held > 0) && (balance === undefined || balance.isBlocked)) return 'account_blocked'
  for (const [balance, movement] of sides) {
    if (balance === undefined) continue
    // A capture spends what is held for it already.
    const spent = Math.max(movement.held, movement.held === 0 ? -movement.amount : 0)
    if (spent > 0 && balance.posted - balance.held - spent < balance.minAvailable) return 'insufficient_funds'
    if (Math.abs(balance.posted + movement.amount) > MAX_AMOUNT_MINOR) return 'limit_exceeded'
  }
  return null
}

function apply(balance: RunningBalance | undefined, { amount, held }: Movement): void {
  if (balance === undefined) return
  balance.posted += amount
  balance.held += held
}

function legsOf(
  { command, payment: paymentUuid }: BatchOperation,
  operationKind: OperationKind,
  payment: PaymentRow,
  effect: Effect,
): Leg[] {
  const { client, source, destination } = payment
  const kind = entryKindOf(operationKind, payment)
  const leg = (account: string, { amount, held }: Movement): Leg => ({
    account,
    kind,
    amount,
    held,
    payment: paymentUuid,
    paymentId: command.payment,
    client,
  })
  const legs = [leg(source, effect.source), leg(destination, effect.destination)]
  if (effect.fee !== undefined) legs.push({ ...leg(feesOf(payment), { amount: effect.fee, held: 0 }), kind: 'fee' })
  return legs.filter(({ amount, held }) => amount !== 0 || held !== 0)
}

function entryKindOf(operation: OperationKind, { bank }: PaymentRow): EntryKind {
  switch (operation) {
    case 'settle':
      return bank?.rail ?? 'payment'
    case 'cancel':
    case 'expire':
    case 'decline':
    case 'decline_refund':
      return 'release'
    case 'capture':
      return 'capture'
    case 'refund':
      return bank === null ? 'refund' : 'hold'
    case 'settle_refund':
      return 'refund'
  }
}
