/** Every table of the ledger, as TypeORM knows it. */
import { AccountBalance } from './account-balance.ts'
import { AccountChange } from './account-change.ts'
import { Account } from './account.ts'
import { ApiKey } from './api-key.ts'
import { Client } from './client.ts'
import { Entry } from './entry.ts'
import { LedgerOffset } from './ledger-offset.ts'
import { PaymentOperation } from './payment-operation.ts'
import { Payment } from './payment.ts'

export { Account, AccountBalance, AccountChange, ApiKey, Client, Entry, LedgerOffset, Payment, PaymentOperation }
export const entities = [
  Client,
  ApiKey,
  Account,
  AccountBalance,
  AccountChange,
  Payment,
  PaymentOperation,
  Entry,
  LedgerOffset,
]
