import type {
  AccessCommand,
  AccountCommand,
  BankPaymentCommand,
  BatchCommand as PaymentBatchCommand,
  BlockChangeCommand,
  Command,
  DeadLetterCommand,
  DeclineCommand,
  DeclineRefundCommand,
  LimitCommand,
  PaymentCommand,
  PaymentOperationCommand,
  SettleCommand,
  SettleRefundCommand,
} from '@paycluster/contracts'
import { houseAccount } from '@paycluster/platform/ids/house-accounts'
import { idToUuid } from '@paycluster/platform/ids/id-codec'
import type { Uuid } from './ledger-state.ts'

/** A payment to post, with its ids translated once. */
export interface BatchPayment {
  readonly type: 'payment'
  readonly command: PaymentCommand
  readonly id: Uuid
  readonly source: Uuid
  readonly destination: Uuid
  /** When its hold ends, in milliseconds of the epoch; null for a payment without one. */
  readonly holdUntilMs: number | null
  /** Those that succeed together or not at all have one and the same, and follow each other. */
  readonly atomic?: AtomicGroup
  /** The request that it came with, where that had more than one. */
  readonly batch?: BatchOrigin
}

/** A request of many payments. The ledger keeps none, but their ids say that they belong together. */
export interface BatchOrigin {
  /** The id that its Idempotency-Key stands for. */
  readonly id: string
  /** Its first payment, which whatever else comes under that key has as well. */
  readonly first: Uuid
}

/** Stands for the payments of an atomic batch. */
export interface AtomicGroup {
  readonly id: Uuid
}

/** Money to collect from a bank, or to pay out to one. The other side is the cluster's own account. */
export interface BatchBankPayment {
  readonly type: 'bank payment'
  readonly command: BankPaymentCommand
  readonly id: Uuid
  readonly source: Uuid
  readonly destination: Uuid
  readonly fees: Uuid
}

/** An account to open. */
export interface BatchAccount {
  readonly type: 'account'
  readonly command: AccountCommand
  readonly id: Uuid
}

/** A capture, a cancellation, an expiry or a refund of a payment that was accepted before, or what a bank came to. */
export interface BatchOperation {
  readonly type: 'operation'
  readonly command: PaymentOperationCommand
  readonly id: Uuid
  readonly payment: Uuid
  /** Of a bank's answer to a refund: which. */
  readonly refund?: Uuid
}

/** Whether it is the bank's word on a payment, and no client's. */
export const isPaymentAnswer = (command: BatchCommand['command']): command is SettleCommand | DeclineCommand =>
  command.type === 'payment.settle' || command.type === 'payment.decline'

/** Whether it is the bank's word on a refund. */
export const isRefundAnswer = (
  command: BatchCommand['command'],
): command is SettleRefundCommand | DeclineRefundCommand =>
  command.type === 'refund.settle' || command.type === 'refund.decline'

/** A block of an account, or its end. */
export interface BatchBlockChange {
  readonly type: 'block change'
  readonly command: BlockChangeCommand
  readonly id: Uuid
  readonly account: Uuid
}

/** A change of what an account may spend. */
export interface BatchLimitChange {
  readonly type: 'limit change'
  readonly command: LimitCommand
  readonly id: Uuid
  readonly account: Uuid
}

/** A change of who may call: of a client or a key. */
export interface BatchAccessChange {
  readonly type: 'access change'
  readonly command: AccessCommand
  readonly id: Uuid
}

/** A replay or a discard of a dead letter. */
export interface BatchLetterChange {
  readonly type: 'letter change'
  readonly command: DeadLetterCommand
  readonly id: Uuid
}

/** A command as a batch works on it. */
export type BatchCommand =
  | BatchPayment
  | BatchBankPayment
  | BatchAccount
  | BatchOperation
  | BatchBlockChange
  | BatchLimitChange
  | BatchAccessChange
  | BatchLetterChange

/** What a command comes to, with its ids translated into the ledger's: a batch of payments to each of them. */
export function toBatchCommands(command: Command): BatchCommand[] {
  const id = idToUuid(command.id)
  switch (command.type) {
    case 'payment.create':
      return [toBatchPayment(command)]
    case 'payment.batch':
      return paymentsOf(command, id)
    case 'bank_payment.create':
      return [toBatchBankPayment(command, id)]
    case 'account.create':
      return [{ type: 'account', command, id }]
    case 'account.block':
    case 'account.unblock':
      return [{ type: 'block change', command, id, account: idToUuid(command.account) }]
    case 'account.limit':
      return [{ type: 'limit change', command, id, account: idToUuid(command.account) }]
    case 'client.create':
    case 'client.terms':
    case 'key.create':
    case 'key.rotate':
    case 'key.revoke':
      return [{ type: 'access change', command, id }]
    case 'dead_letter.replay':
    case 'dead_letter.discard':
      return [{ type: 'letter change', command, id }]
    case 'payment.capture':
    case 'payment.cancel':
    case 'payment.expire':
    case 'payment.settle':
    case 'payment.decline':
    case 'refund.create':
      return [{ type: 'operation', command, id, payment: idToUuid(command.payment) }]
    case 'refund.settle':
    case 'refund.decline':
      return [{ type: 'operation', command, id, payment: idToUuid(command.payment), refund: idToUuid(command.refund) }]
  }
}

export function toBatchPayment(command: PaymentCommand): BatchPayment {
  return {
    type: 'payment',
    command,
    id: idToUuid(command.id),
    source: idToUuid(command.source),
    destination: idToUuid(command.destination),
    holdUntilMs: command.hold_seconds === undefined ? null : command.created_at_ms + command.hold_seconds * 1000,
  }
}

function toBatchBankPayment(command: BankPaymentCommand, id: Uuid): BatchBankPayment {
  const account = idToUuid(command.account)
  const clearing = houseAccount('clearing', command.currency)
  const [source, destination] = command.rail === 'withdrawal' ? [account, clearing] : [clearing, account]
  return { type: 'bank payment', command, id, source, destination, fees: houseAccount('fees', command.currency) }
}

function paymentsOf({ payments, atomic, ...envelope }: PaymentBatchCommand, id: Uuid): BatchPayment[] {
  const group: AtomicGroup = { id }
  const made = payments.map((payment) => toBatchPayment({ ...envelope, ...payment, type: 'payment.create' }))
  const batch: BatchOrigin = { id: envelope.id, first: made[0]?.id ?? id }
  return made.map((payment) => (atomic === true ? { ...payment, batch, atomic: group } : { ...payment, batch }))
}
