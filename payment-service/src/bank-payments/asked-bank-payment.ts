import type { BankRail, Card, CreateBankTransfer, Payment } from '@paycluster/contracts'
import { HOUSE_CLIENT, houseAccount } from '@paycluster/platform/ids/house-accounts'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import { ProblemError } from '@paycluster/platform/problem-error'

export interface AskedBankPayment extends CreateBankTransfer {
  readonly id: string
  readonly rail: BankRail
  readonly card: Card | null
}

/** 404 with the field at fault: to this client, the account that it names is not there. */
export const noSuchAccount = (pointer: string, detail: string): ProblemError =>
  new ProblemError('not_found', 'The account does not exist for you.', {
    errors: [{ pointer, code: 'account_not_found', detail }],
  })

/** The payment as it is answered while it is in the log. Its commission is decided when it is posted: 0 until then. */
export function queuedBankPayment(ids: IdCodec, asked: AskedBankPayment, createdAt: string): Payment {
  const { id, rail, account, card } = asked
  const clearing = ids.fromUuid('acc', houseAccount('clearing', asked.currency), HOUSE_CLIENT)
  const [source, destination] = rail === 'withdrawal' ? [account, clearing] : [clearing, account]
  return {
    id,
    status: 'queued',
    source,
    destination,
    amount: asked.amount,
    currency: asked.currency,
    reference: null,
    description: asked.description ?? null,
    metadata: asked.metadata ?? {},
    failure: null,
    capture: 'automatic',
    captured: 0,
    refunded: 0,
    expires_at: null,
    created_at: createdAt,
    completed_at: null,
    version: 0,
    bank: { rail, fee: 0, reference: asked.bank_reference ?? null, card },
  }
}
