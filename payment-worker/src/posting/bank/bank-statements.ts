import { isoTime } from '@paycluster/platform/iso-time'
import { loadText } from '@paycluster/platform/load-text'
import { byteaArray, plainArray, textArray } from '../array-literal.ts'
import type { NewBankPayment, NewOperation } from '../decisions.ts'
import type { LaidEntries } from '../lay-entries.ts'
import type { LedgerTransaction } from '../ledger-transaction.ts'
import type { BankSide, Uuid } from '../ledger-state.ts'
import { newPaymentRow } from '../new-payment-row.ts'

const INSERT_BANK_PAYMENTS = {
  name: 'insert-bank-payments',
  text: loadText(import.meta.url, './insert-bank-payments.sql'),
}
const INSERT_REFUND_TASKS = {
  name: 'insert-refund-tasks',
  text: loadText(import.meta.url, './insert-refund-tasks.sql'),
}
const SETTLE_REFUNDS = { name: 'settle-refunds', text: loadText(import.meta.url, './settle-refunds.sql') }
const FINISH_TASKS = { name: 'finish-tasks', text: loadText(import.meta.url, './finish-tasks.sql') }

/**
 * The payments as they were decided, and a task for each that waits for the bank: in one transaction with what a withdrawal
 * holds, so that nothing is asked of the bank that the ledger does not know.
 *
 * @throws DatabaseError unique_violation when one turns out not to be new
 */
export async function insertBankPayments(
  transaction: LedgerTransaction,
  payments: readonly NewBankPayment[],
  laid: LaidEntries,
  atMs: number,
): Promise<void> {
  const rows = payments.map((decision) => newPaymentRow(decision, atMs))
  const commands = payments.map(({ payment }) => payment.command)
  await transaction.run(INSERT_BANK_PAYMENTS, [
    plainArray(payments.map(({ payment }) => payment.id)),
    plainArray(rows.map(({ client }) => client)),
    plainArray(rows.map(({ counterparty }) => counterparty)),
    textArray(rows.map(({ unknownDestination }) => unknownDestination)),
    plainArray(rows.map(({ status }) => status)),
    plainArray(rows.map(({ failure }) => failure)),
    plainArray(rows.map(({ source }) => source)),
    plainArray(rows.map(({ destination }) => destination)),
    plainArray(payments.map((decision) => laid.get(decision)?.[0]?.seq ?? null)),
    plainArray(rows.map(({ amount }) => amount)),
    plainArray(rows.map(({ currency }) => currency)),
    textArray(rows.map(({ description }) => description)),
    textArray(commands.map(({ metadata }) => (metadata === undefined ? null : JSON.stringify(metadata)))),
    byteaArray(rows.map(({ fingerprint }) => fingerprint)),
    plainArray(rows.map(({ createdAtMs }) => isoTime(createdAtMs))),
    plainArray(payments.map(({ bank }) => bank.rail)),
    plainArray(payments.map(({ bank }) => bank.fee)),
    textArray(payments.map(({ bank }) => bankJson(bank))),
    textArray(commands.map(({ card }) => card?.token ?? null)),
    textArray(commands.map(({ reply_to }) => reply_to ?? null)),
    isoTime(atMs),
  ])
}

/** A task for each refund that the bank has to pay back. */
export async function insertRefundTasks(
  transaction: LedgerTransaction,
  refunds: readonly NewOperation[],
  atMs: number,
): Promise<void> {
  await transaction.run(INSERT_REFUND_TASKS, [
    plainArray(refunds.map(({ operation }) => operation.id)),
    plainArray(refunds.map(({ operation }) => operation.payment)),
    textArray(refunds.map(({ operation }) => operation.command.reply_to ?? null)),
    isoTime(atMs),
  ])
}

/** @param answers  to refunds @returns whether none of them was answered meanwhile */
export async function settleRefunds(
  transaction: LedgerTransaction,
  answers: readonly NewOperation[],
  atMs: number,
): Promise<boolean> {
  const rows = await transaction.run(SETTLE_REFUNDS, [
    plainArray(answers.map(({ operation }) => operation.refund ?? null)),
    plainArray(answers.map(({ refund }) => refund?.settlement ?? null)),
    isoTime(atMs),
  ])
  return Number(rows[0]?.[0]) === answers.length
}

/** @param tasks  whose bank has answered */
export async function finishTasks(transaction: LedgerTransaction, tasks: readonly Uuid[], atMs: number): Promise<void> {
  await transaction.run(FINISH_TASKS, [plainArray(tasks), isoTime(atMs)])
}

/** The column `bank`. */
const bankJson = ({ reference, card }: BankSide): string =>
  JSON.stringify({ reference: reference ?? undefined, card: card ?? undefined })
