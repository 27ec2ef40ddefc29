/** Every table of the ledger, as TypeORM knows it. */
import { AccountBalance } from './account-balance.ts'
import { Account } from './account.ts'
import { ApiKey } from './api-key.ts'
import { Client } from './client.ts'
import { Entry } from './entry.ts'
import { LedgerOffset } from './ledger-offset.ts'
import { Payment } from './payment.ts'

export { Account, AccountBalance, ApiKey, Client, Entry, LedgerOffset, Payment }
export const entities = [Client, ApiKey, Account, AccountBalance, Payment, Entry, LedgerOffset]
