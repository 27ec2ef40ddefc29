/**
 * The demonstration's accounts and money, as commands like any other: no row gets behind the ledger's back.
 *
 * Pure. Ids follow from fixed idempotency keys, so that the same plan names the same accounts and payments every time.
 */
import { createHash } from 'node:crypto'
import type { AccountCommand, PaymentCommand } from '@paycluster/contracts'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import type { DemoClients } from './demo-clients.ts'

const CURRENCY = 'USD'
/** 1,000,000.00 USD a customer: enough for an hour at the peak, far from the limit of an account. */
export const CUSTOMER_FUNDS_MINOR = 100_000_000

/** What the demonstration is made of. */
export type DemoCommand = AccountCommand | PaymentCommand

export interface DemoPlan {
  /** Where the customers' money comes from. */
  readonly fundingAccount: AccountCommand
  readonly customers: readonly AccountCommand[]
  readonly merchants: readonly AccountCommand[]
  /** One per customer. The accounts must be there before. */
  readonly fundings: readonly PaymentCommand[]
}

export interface DemoSize {
  readonly customers: number
  readonly merchants: number
}

/** @param nowMs  when the commands were accepted, in milliseconds of the epoch */
export function planDemo(codec: IdCodec, clients: DemoClients, size: DemoSize, nowMs: number): DemoPlan {
  const account = (client: number, kind: AccountCommand['kind'], externalId: string): AccountCommand => {
    const body = { kind, currency: CURRENCY, external_id: externalId }
    return {
      type: 'account.create',
      id: codec.derive('acc', client, `demo/${externalId}`),
      ...body,
      ...envelope(client, body, nowMs),
    }
  }
  const fundingAccount = account(clients.system, 'system', 'funding')
  const customers = count(size.customers).map((n) => account(clients.demo, 'customer', `customer-${n}`))
  const merchants = count(size.merchants).map((n) => account(clients.demo, 'merchant', `merchant-${n}`))
  const fundings = customers.map(({ id: destination, external_id }): PaymentCommand => {
    const body = {
      source: fundingAccount.id,
      destination,
      amount: CUSTOMER_FUNDS_MINOR,
      currency: CURRENCY,
      description: 'Demo funds',
    }
    const id = codec.derive('pay', clients.system, `demo/funding/${external_id ?? ''}`)
    return { type: 'payment.create', id, ...body, ...envelope(clients.system, body, nowMs) }
  })
  return { fundingAccount, customers, merchants, fundings }
}

/** Commands that touch one account go to one partition: the debited one's, or the new account's own. */
export const partitionKey = (command: DemoCommand): string =>
  command.type === 'account.create' ? command.id : command.source

const count = (n: number): number[] => Array.from({ length: n }, (_, index) => index + 1)

const envelope = (
  client: number,
  body: object,
  nowMs: number,
): Pick<DemoCommand, 'client' | 'fingerprint' | 'created_at_ms'> => ({
  client,
  fingerprint: createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 32),
  created_at_ms: nowMs,
})
