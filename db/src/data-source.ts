import 'reflect-metadata'
import { DataSource } from 'typeorm'
import { entities } from './entities/index.ts'
import { Ledger1764201600000 } from './migrations/1764201600000-ledger.ts'
import { LaterStates1764288000000 } from './migrations/1764288000000-later-states.ts'
import { HoldsAndRefunds1764288000001 } from './migrations/1764288000001-holds-and-refunds.ts'
import { ClientsAndKeys1764374400000 } from './migrations/1764374400000-clients-and-keys.ts'
import { BankStates1764460800000 } from './migrations/1764460800000-bank-states.ts'
import { BankPayments1764460800001 } from './migrations/1764460800001-bank-payments.ts'
import { AccountLimits1764547200000 } from './migrations/1764547200000-account-limits.ts'
import { DeadLetters1764633600000 } from './migrations/1764633600000-dead-letters.ts'
import { ClientTerms1764720000000 } from './migrations/1764720000000-client-terms.ts'
import { AuditLog1764806400000 } from './migrations/1764806400000-audit-log.ts'
import { Webhooks1764892800000 } from './migrations/1764892800000-webhooks.ts'
import { EventLetters1764892800001 } from './migrations/1764892800001-event-letters.ts'
import { Alerts1764979200000 } from './migrations/1764979200000-alerts.ts'
import { Reconciliation1765065600000 } from './migrations/1765065600000-reconciliation.ts'
import { Analytics1765152000000 } from './migrations/1765152000000-analytics.ts'
import { BankRefundStates1765238400000 } from './migrations/1765238400000-bank-refund-states.ts'
import { BankRefunds1765238400001 } from './migrations/1765238400001-bank-refunds.ts'

/** TypeORM's view of the database: entities, and migrations in order. For tools, not for hot paths. */
export function createDataSource(url: string): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    entities,
    migrations: [
      Ledger1764201600000,
      LaterStates1764288000000,
      HoldsAndRefunds1764288000001,
      ClientsAndKeys1764374400000,
      BankStates1764460800000,
      BankPayments1764460800001,
      AccountLimits1764547200000,
      DeadLetters1764633600000,
      ClientTerms1764720000000,
      AuditLog1764806400000,
      Webhooks1764892800000,
      EventLetters1764892800001,
      Alerts1764979200000,
      Reconciliation1765065600000,
      Analytics1765152000000,
      BankRefundStates1765238400000,
      BankRefunds1765238400001,
    ],
    migrationsTransactionMode: 'each',
    synchronize: false,
  })
}
