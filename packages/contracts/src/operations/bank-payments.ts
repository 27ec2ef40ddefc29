import type { BankRail, CreateBankTransfer } from '../bank-payments.ts'
import { createBankTransferSchema } from '../bank-payments.ts'
import { createCardPaymentSchema, type CreateCardPayment } from '../cards.ts'
import { EXAMPLE_IDS } from '../ids.ts'
import { FAILURES, paymentSchema, type Payment } from '../payments.ts'
import { write } from './operation.ts'

const tag = 'Banks'
const links = [{ operation: 'readPayment', parameters: { id: '$response.body#/id' } }]

const transfer: CreateBankTransfer = {
  account: EXAMPLE_IDS.customer,
  amount: 10_000,
  currency: 'USD',
  bank_reference: 'salary-2026-11',
}
const moved = (rail: BankRail, source: string, destination: string): Payment => ({
  id: EXAMPLE_IDS.payment,
  status: 'succeeded',
  source,
  destination,
  amount: 10_000,
  currency: 'USD',
  reference: null,
  description: null,
  metadata: {},
  failure: null,
  capture: 'automatic',
  captured: 10_000,
  refunded: 0,
  expires_at: null,
  created_at: '2026-11-27T09:00:01.150Z',
  completed_at: '2026-11-27T09:00:01.604Z',
  version: 2,
  bank: { rail, fee: 200, reference: 'salary-2026-11', card: null },
})

const byCard: CreateCardPayment = {
  destination: EXAMPLE_IDS.merchant,
  amount: 10_000,
  currency: 'USD',
  card: { number: '4242424242424242', expiry_month: 12, expiry_year: 2030, cvc: '123' },
}
const paidByCard: Payment = {
  ...moved('card', EXAMPLE_IDS.customer, EXAMPLE_IDS.merchant),
  bank: { rail: 'card', fee: 200, reference: null, card: { brand: 'visa', last4: '4242' } },
}

/** The two that have a bank account on the other side. */
function transferOperation(rail: 'deposit' | 'withdrawal', summary: string, description: string) {
  const succeeded =
    rail === 'deposit'
      ? moved(rail, EXAMPLE_IDS.merchant, EXAMPLE_IDS.customer)
      : moved(rail, EXAMPLE_IDS.customer, EXAMPLE_IDS.merchant)
  const queued: Payment = { ...succeeded, status: 'queued', captured: 0, completed_at: null, version: 0 }
  const failed: Payment = {
    ...succeeded,
    status: 'failed',
    captured: 0,
    failure: { code: 'bank_declined', detail: FAILURES.bank_declined },
  }
  return write({
    id: rail === 'deposit' ? 'createDeposit' : 'createWithdrawal',
    path: rail === 'deposit' ? '/v1/deposits' : '/v1/withdrawals',
    tag,
    summary,
    description: [
      description,
      'It is a payment: `queued`, then `processing` until the bank has answered, and read like any other. With',
      '`Prefer: wait=N` 201 with the final state, if the bank answers in time. The other side is an account of the cluster.',
    ].join(' '),
    movesMoney: true,
    body: { schema: createBankTransferSchema, examples: { transfer } },
    final: { description: 'The bank has answered', body: paymentSchema, examples: { succeeded, failed } },
    accepted: { description: 'It is accepted', body: paymentSchema, examples: { queued } },
    links,
    problems: ['idempotency_key_missing', 'not_found'],
  })
}

export const BANK_PAYMENT_OPERATIONS = [
  transferOperation(
    'deposit',
    'Bring money from a bank',
    'To one of the caller’s accounts. The commission is taken out of the amount.',
  ),
  transferOperation(
    'withdrawal',
    'Pay money out to a bank',
    'From one of the caller’s accounts. Amount and commission are held until the bank has answered; the commission comes on top.',
  ),
  write({
    id: 'createCardPayment',
    path: '/v1/card-payments',
    tag,
    summary: 'Pay by card',
    description: [
      'To any active account. Authorised and captured at once; the commission is taken out of the amount. The card’s number',
      'and code are encrypted for the vault before anything else is done with them, and are kept nowhere else: what a payment',
      'shows of a card is its brand and its last four digits.',
    ].join(' '),
    movesMoney: true,
    body: { schema: createCardPaymentSchema, examples: { card: byCard } },
    final: { description: 'The bank has answered', body: paymentSchema, examples: { succeeded: paidByCard } },
    accepted: {
      description: 'It is accepted',
      body: paymentSchema,
      examples: { queued: { ...paidByCard, status: 'queued', captured: 0, completed_at: null, version: 0 } },
    },
    links,
    problems: ['idempotency_key_missing', 'not_found'],
  }),
]
