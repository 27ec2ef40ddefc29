import type { OperationKind } from '@paycluster/contracts'
import type { NewAccessChange } from './access/access-decisions.ts'
import { insertAccessChanges, writeAccess } from './access/access-statements.ts'
import { finishTasks, insertBankPayments, insertRefundTasks, settleRefunds } from './bank/bank-statements.ts'
import { isPaymentAnswer } from './batch-command.ts'
import { isForBank } from './decisions.ts'
import type {
  Decision,
  MovingDecision,
  NewAccount,
  NewBankPayment,
  NewBlockChange,
  NewLimitChange,
  NewOperation,
  NewPayment,
  RefusedCommand,
} from './decisions.ts'
import type { NewLetterChange } from './letters/letter-decisions.ts'
import { closeLetters } from './letters/letter-statements.ts'
import { applyLimits } from './limits/limit-statements.ts'
import { spendingOf } from './limits/spending.ts'
import { clientSpendingOf } from './terms/client-spending.ts'
import { spendClientLimits } from './terms/term-statements.ts'
import {
  layEntries,
  netEffects,
  operationSequences,
  type LaidEntries,
  type NetEffect,
  type UpdatedBalance,
} from './lay-entries.ts'
import {
  together,
  type ChangedAccount,
  type ChangedPayment,
  type CommitPosition,
  type LedgerTransaction,
  type OperationToInsert,
} from './ledger-transaction.ts'
import type { AccountRow, LedgerState, Uuid } from './ledger-state.ts'
import { ContentionError } from './posting-errors.ts'

/** What a batch has done to the ledger. */
export interface Applied {
  readonly atMs: number
  readonly effects: readonly NetEffect[]
  readonly updated: readonly UpdatedBalance[]
  readonly laid: LaidEntries
  /** The numbers of the clients that it made, by the ids of their commands. */
  readonly newClients: ReadonlyMap<Uuid, number>
}

const DONE = Promise.resolve(true)
const NONE = Promise.resolve([])
const NO_CLIENTS = Promise.resolve<ReadonlyMap<Uuid, number>>(new Map())

/**
 * Writes what was decided, and commits.
 *
 * In two flights: first whatever another batch may have changed meanwhile, which says so; then what follows from where
 * the balances stand now.
 *
 * @throws ContentionError when another batch came between · DatabaseError
 */
export async function applyDecisions(
  transaction: LedgerTransaction,
  state: LedgerState,
  decisions: readonly Decision[],
  atMs: number,
): Promise<{ applied: Applied; position: CommitPosition }> {
  const sorted = sort(decisions)
  const { payments, bankPayments, accounts, operations, refused, moving } = sorted
  const { blockChanges, limitChanges, accessChanges, letterChanges } = sorted
  const { there, made } = changedPayments(operations, state)
  const effects = netEffects(moving)
  const clientSpending = clientSpendingOf(decisions, state.terms, atMs)
  const statusOf = (account: Uuid) => state.balances.get(account)?.status ?? 'active'
  const settled = operations.filter(({ refund }) => refund !== undefined)
  const [areNew, areLimited, updated, haveSpent, areUnchanged, areUnsettled, areAsTheyWere, newClients] =
    await together([
      accounts.length === 0 ? DONE : transaction.insertAccounts(accounts),
      // Before the balances, which are held to them.
      limitChanges.length === 0 ? DONE : applyLimits(transaction, limitChanges, state.accounts, atMs),
      effects.length === 0
        ? NONE
        : transaction.updateBalances(effects, statusOf, spendingOf(decisions, state, atMs), atMs),
      clientSpending.length === 0 ? DONE : spendClientLimits(transaction, clientSpending, atMs),
      there.length === 0 ? DONE : transaction.updatePayments(there),
      settled.length === 0 ? DONE : settleRefunds(transaction, settled, atMs),
      blockChanges.length === 0
        ? DONE
        : transaction.applyBlockChanges(changedAccounts(blockChanges, state), blockChanges, atMs),
      accessChanges.length === 0
        ? NO_CLIENTS
        : writeAccess(transaction, accessChanges, state.access?.keys ?? new Map()),
    ])
  if (!areNew) throw new ContentionError('an account turned out not to be new')
  if (updated.length !== effects.length) throw new ContentionError('an account turned out not to be as it was')
  if (!haveSpent) throw new ContentionError('another batch has spent under the limit of a client')
  if (!areUnchanged || !areUnsettled) throw new ContentionError('a payment turned out not to be as it was')
  if (!areLimited || !areAsTheyWere) throw new ContentionError('an account turned out to have been changed')
  const laid = layEntries(moving, effects, updated)
  const recorded = [...operations.map((decision) => toInsert(decision, laid)), ...refused.flatMap(refundToInsert)]
  const answered = operations.flatMap(({ operation }) =>
    isPaymentAnswer(operation.command) ? [operation.payment] : (operation.refund ?? []),
  )
  const toBank = operations.filter(isForBank)
  const [, , , , , , , , position] = await together([
    payments.length + moving.length === 0 ? DONE : transaction.insertPayments(payments, laid, atMs),
    bankPayments.length === 0 ? DONE : insertBankPayments(transaction, bankPayments, laid, atMs),
    made.length === 0 ? DONE : transaction.updatePayments(made),
    answered.length === 0 ? DONE : finishTasks(transaction, answered, atMs),
    recorded.length === 0 ? DONE : transaction.insertOperations(recorded, atMs),
    toBank.length === 0 ? DONE : insertRefundTasks(transaction, toBank, atMs),
    accessChanges.length === 0 ? DONE : insertAccessChanges(transaction, accessChanges, newClients, atMs),
    letterChanges.length === 0 ? DONE : closeLetters(transaction, letterChanges, atMs),
    transaction.commit(),
  ])
  return { applied: { atMs, effects, updated, laid, newClients }, position }
}

function sort(decisions: readonly Decision[]) {
  const payments: NewPayment[] = []
  const bankPayments: NewBankPayment[] = []
  const accounts: NewAccount[] = []
  const operations: NewOperation[] = []
  const refused: RefusedCommand[] = []
  const blockChanges: NewBlockChange[] = []
  const limitChanges: NewLimitChange[] = []
  const accessChanges: NewAccessChange[] = []
  const letterChanges: NewLetterChange[] = []
  const moving: MovingDecision[] = []
  for (const decision of decisions) {
    if (decision.kind === 'payment') payments.push(decision)
    else if (decision.kind === 'bank payment') bankPayments.push(decision)
    else if (decision.kind === 'account') accounts.push(decision)
    else if (decision.kind === 'operation') operations.push(decision)
    else if (decision.kind === 'refused') refused.push(decision)
    else if (decision.kind === 'block change') blockChanges.push(decision)
    else if (decision.kind === 'limit change') limitChanges.push(decision)
    else if (decision.kind === 'access change') accessChanges.push(decision)
    else if (decision.kind === 'letter change') letterChanges.push(decision)
    if ('legs' in decision && decision.legs.length > 0) moving.push(decision)
  }
  return {
    payments,
    bankPayments,
    accounts,
    operations,
    refused,
    blockChanges,
    limitChanges,
    accessChanges,
    letterChanges,
    moving,
  }
}

/** The payments that operations changed, in their last state: those that were there, and those that the batch makes. */
function changedPayments(
  operations: readonly NewOperation[],
  state: LedgerState,
): { there: ChangedPayment[]; made: ChangedPayment[] } {
  const changed = new Map<Uuid, ChangedPayment>()
  for (const { operation, failure, before, after } of operations) {
    if (failure !== null) continue
    const id = operation.payment
    changed.set(id, { id, versionBefore: changed.get(id)?.versionBefore ?? before.version, after })
  }
  const all = [...changed.values()]
  return {
    there: all.filter(({ id }) => state.payments.has(id)),
    made: all.filter(({ id }) => !state.payments.has(id)),
  }
}

function toInsert(decision: NewOperation, laid: LaidEntries): OperationToInsert {
  const { operation, operationKind, failure, amount, before, after } = decision
  return {
    operation,
    operationKind,
    unknownPayment: null,
    failure,
    amount,
    ...operationSequences(before, laid.get(decision)),
    paymentVersion: failure === null ? after.version : null,
    refunded: failure === null && OF_REFUNDS.has(operationKind) ? after.refunded : null,
    settlement: isForBank(decision) ? 'processing' : null,
    refund: operation.refund ?? null,
  }
}

const OF_REFUNDS: ReadonlySet<OperationKind> = new Set(['refund', 'settle_refund', 'decline_refund'])

/** A refund that was refused is recorded: it has an id of its own. */
function refundToInsert({ command, refund }: RefusedCommand): OperationToInsert[] {
  if (refund?.isNew !== true || command.type !== 'operation') return []
  const asked = 'amount' in command.command ? command.command.amount : undefined
  return [
    {
      operation: command,
      operationKind: 'refund',
      unknownPayment: command.command.payment,
      failure: refund.failure,
      amount: asked ?? null,
      sourceSeq: null,
      destinationSeq: null,
      feeSeq: null,
      paymentVersion: null,
      refunded: null,
      settlement: null,
      refund: null,
    },
  ]
}

function changedAccounts(changes: readonly NewBlockChange[], state: LedgerState): ChangedAccount[] {
  const last = new Map<Uuid, AccountRow>()
  for (const { change, after } of changes) last.set(change.account, after)
  return [...last]
    .map(([id, after]) => ({ id, revisionBefore: state.accounts.get(id)?.revision ?? 1, after }))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
}
