import { commissionOf, MAX_AMOUNT_MINOR, type FailureCode } from '@paycluster/contracts'
import { HOUSE_CLIENT } from '@paycluster/platform/ids/house-accounts'
import type { BatchBankPayment } from '../batch-command.ts'
import type { NewBankPayment, RepeatedPayment } from '../decisions.ts'
import type { Leg } from '../leg.ts'
import type { BankSide } from '../ledger-state.ts'
import { isAboveLimit } from '../limits/limit-state.ts'
import type { RunningBalance, RunningLedger } from '../running-ledger.ts'

const NO_LEGS: readonly Leg[] = []

/**
 * A deposit, a withdrawal or a card payment: it waits for the bank, or it fails at once. What is to be paid out is held,
 * with the commission; what is to come in has moved nothing until the bank has settled it.
 */
export function decideBankPayment(ledger: RunningLedger, payment: BatchBankPayment): NewBankPayment | RepeatedPayment {
  const row = ledger.state.payments.get(payment.id)
  if (row !== undefined) return { kind: 'repeated payment', payment, row }
  const { command, source, destination } = payment
  const { rail, amount } = command
  const account = ledger.balanceOf(rail === 'withdrawal' ? source : destination)
  const bank: BankSide = {
    rail,
    fee: commissionOf(amount, ledger.commissionBps(rail, account?.client)),
    reference: command.bank_reference ?? null,
    card: command.card === undefined ? null : { brand: command.card.brand, last4: command.card.last4 },
  }
  // The cluster's own accounts have ids like any other, and are nobody's to pay.
  const isTheirs =
    account !== undefined && account.client !== HOUSE_CLIENT && ledger.isAccountOf(command.account, account.client)
  const failure = failureOf(ledger, payment, bank, isTheirs ? account : undefined)
  const holds = failure === null && rail === 'withdrawal'
  if (holds && account !== undefined) {
    account.held += amount + bank.fee
    account.spent += amount
    ledger.terms.spend(account.client, account.currency, amount)
  }
  const payee = rail === 'withdrawal' ? ledger.balanceOf(destination)?.client : isTheirs ? account.client : undefined
  const decision: NewBankPayment = {
    kind: 'bank payment',
    payment,
    bank,
    failure,
    counterparty: payee ?? null,
    legs: holds ? [holdOf(payment, bank)] : NO_LEGS,
  }
  ledger.addPayment(decision)
  return decision
}

function failureOf(
  ledger: RunningLedger,
  { command }: BatchBankPayment,
  { rail, fee }: BankSide,
  account: RunningBalance | undefined,
): FailureCode | null {
  const { amount, client, currency } = command
  if (account === undefined) return 'account_not_found'
  // A card may pay anybody; a bank account is its owner's own.
  if (rail !== 'card' && account.client !== client) return 'account_not_found'
  if (account.isBlocked) return 'account_blocked'
  if (account.currency !== currency) return 'currency_mismatch'
  if (rail === 'withdrawal') {
    if (amount + fee > MAX_AMOUNT_MINOR || isAboveLimit(account, account.spent, amount)) return 'limit_exceeded'
    if (ledger.terms.isAboveLimit(client, currency, amount)) return 'limit_exceeded'
    return account.posted - account.held - amount - fee < account.minAvailable ? 'insufficient_funds' : null
  }
  return account.posted + amount - fee > MAX_AMOUNT_MINOR ? 'limit_exceeded' : null
}

const holdOf = ({ command, id, source }: BatchBankPayment, { fee }: BankSide): Leg => ({
  account: source,
  kind: 'hold',
  amount: 0,
  held: command.amount + fee,
  payment: id,
  paymentId: command.id,
  client: command.client,
})
