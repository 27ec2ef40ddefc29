/** What a batch decides of each of its commands. */
import type { FailureCode, OperationFailureCode, OperationKind, ProblemCode } from '@paycluster/contracts'
import type { AccessDecision } from './access/access-decisions.ts'
import type {
  BatchAccount,
  BatchBankPayment,
  BatchBlockChange,
  BatchCommand,
  BatchLimitChange,
  BatchOperation,
  BatchPayment,
} from './batch-command.ts'
import type { Leg } from './leg.ts'
import type { LetterDecision } from './letters/letter-decisions.ts'
import type { LimitChangeRow, Limits } from './limits/limit-state.ts'
import type { AccountRow, BankSide, BlockChangeRow, OperationRow, PaymentRow } from './ledger-state.ts'

/** A payment that is new to the ledger. `failure` is null when its money moves or is held. */
export interface NewPayment {
  readonly kind: 'payment'
  readonly payment: BatchPayment
  readonly failure: FailureCode | null
  /** Owner of the destination, or null when there is no such account. */
  readonly counterparty: number | null
  /** None when it failed. */
  readonly legs: readonly Leg[]
}

/** A payment with a bank's part that is new to the ledger: it waits for the bank, or it has failed. */
export interface NewBankPayment {
  readonly kind: 'bank payment'
  readonly payment: BatchBankPayment
  readonly bank: BankSide
  readonly failure: FailureCode | null
  /** Owner of the destination, or null when there is no such account. */
  readonly counterparty: number | null
  /** What a withdrawal holds; none of the others, and none when it failed. */
  readonly legs: readonly Leg[]
}

/** An account that is new to the ledger. */
export interface NewAccount {
  readonly kind: 'account'
  readonly account: BatchAccount
}

/** An operation that is new to the ledger. `failure` is null when it changes its payment. */
export interface NewOperation {
  readonly kind: 'operation'
  readonly operation: BatchOperation
  readonly operationKind: OperationKind
  readonly failure: OperationFailureCode | null
  /** Minor units that move, or were asked for; null for what moves nothing. */
  readonly amount: number | null
  readonly before: PaymentRow
  /** The same as before when it failed. */
  readonly after: PaymentRow
  /** Of a bank's answer to a refund: the refund as the answer leaves it. */
  readonly refund?: OperationRow
  readonly legs: readonly Leg[]
}

/** Whether it is a refund that a bank has to pay back. */
export const isForBank = ({ operationKind, failure, before }: NewOperation): boolean =>
  operationKind === 'refund' && failure === null && before.bank !== null

/** A block of an account, or its end, that is new to the ledger. */
export interface NewBlockChange {
  readonly kind: 'block change'
  readonly change: BatchBlockChange
  readonly after: AccountRow
}

/** A change of an account's limits that is new to the ledger. */
export interface NewLimitChange {
  readonly kind: 'limit change'
  readonly change: BatchLimitChange
  readonly limits: Limits
  readonly after: AccountRow
}

/** A change of limits that the ledger has already. */
export interface RepeatedLimitChange {
  readonly kind: 'repeated limit change'
  readonly change: BatchLimitChange
  readonly row: LimitChangeRow
  readonly account: AccountRow
}

/** What somebody may not ask for, or asked for too early: nothing changes. */
export interface RefusedCommand {
  readonly kind: 'refused'
  readonly command: BatchOperation | BatchBlockChange | BatchLimitChange
  readonly problem: Extract<
    ProblemCode,
    'not_found' | 'forbidden' | 'payment_queued' | 'payment_not_capturable' | 'overdraft_in_use'
  >
  /** Of a refund: it was accepted under an id of its own, which reaches a final state, as any. */
  readonly refund?: RefusedRefund
}

export interface RefusedRefund {
  readonly failure: RefundRefusal
  /** False for one that the ledger has already. */
  readonly isNew: boolean
  /** Of the body that the ledger holds. */
  readonly fingerprint: string
  readonly createdAtMs: number
  /** Undefined for a new one: the time of the batch. */
  readonly postedAtMs?: number
}

export type RefundRefusal = Extract<OperationFailureCode, 'payment_not_found' | 'refund_not_permitted'>

/** A payment that the ledger has already: posts nothing. */
export interface RepeatedPayment {
  readonly kind: 'repeated payment'
  readonly payment: BatchPayment | BatchBankPayment
  readonly row: PaymentRow
}

/** An account that the ledger has already. */
export interface RepeatedAccount {
  readonly kind: 'repeated account'
  readonly account: BatchAccount
  readonly row: AccountRow
}

/** An operation that the ledger has already. */
export interface RepeatedOperation {
  readonly kind: 'repeated operation'
  readonly operation: BatchOperation
  readonly row: OperationRow
  /** As it stands now. */
  readonly payment: PaymentRow
  /** Of a bank's answer to a refund: the refund as it stands now. */
  readonly refund?: OperationRow
}

/** A block change that the ledger has already. */
export interface RepeatedBlockChange {
  readonly kind: 'repeated block change'
  readonly change: BatchBlockChange
  readonly row: BlockChangeRow
  /** As it stands now. */
  readonly account: AccountRow
}

/** The id of an earlier command of the same batch: answered like that one. */
export interface RepeatedInBatch {
  readonly kind: 'repeated in batch'
  readonly command: BatchCommand
  /** Index of the earlier command. */
  readonly first: number
}

export type Decision =
  | NewPayment
  | NewBankPayment
  | NewAccount
  | NewOperation
  | NewBlockChange
  | NewLimitChange
  | RefusedCommand
  | RepeatedPayment
  | RepeatedAccount
  | RepeatedOperation
  | RepeatedBlockChange
  | RepeatedLimitChange
  | RepeatedInBatch
  | AccessDecision
  | LetterDecision

/** A decision that gives accounts entries. */
export type MovingDecision = NewPayment | NewBankPayment | NewOperation
