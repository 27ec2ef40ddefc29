/** Every table of the ledger, as TypeORM knows it. */
import { AccessChange } from './access-change.ts'
import { AccountBalance } from './account-balance.ts'
import { AccountChange } from './account-change.ts'
import { Account } from './account.ts'
import { AnalyticsCountedEvent } from './analytics-counted-event.ts'
import { AnalyticsProgress } from './analytics-progress.ts'
import { AnalyticsRollup } from './analytics-rollup.ts'
import { AlertCount } from './alert-count.ts'
import { AlertEvent } from './alert-event.ts'
import { AlertLook } from './alert-look.ts'
import { AlertNotification } from './alert-notification.ts'
import { AlertSilence } from './alert-silence.ts'
import { AlertSlice } from './alert-slice.ts'
import { Alert } from './alert.ts'
import { AuditBatch } from './audit-batch.ts'
import { AuditRecord } from './audit-record.ts'
import { BankCall } from './bank-call.ts'
import { BankStatementLine } from './bank-statement-line.ts'
import { ApiKey } from './api-key.ts'
import { ClientLimit } from './client-limit.ts'
import { ClientTerms } from './client-terms.ts'
import { Client } from './client.ts'
import { DeadLetterChange } from './dead-letter-change.ts'
import { DeadLetter } from './dead-letter.ts'
import { Entry } from './entry.ts'
import { LedgerOffset } from './ledger-offset.ts'
import { PaymentOperation } from './payment-operation.ts'
import { Payment } from './payment.ts'
import { PaymentTask } from './payment-task.ts'
import { ReconciliationDifference } from './reconciliation-difference.ts'
import { ReconciliationRun } from './reconciliation-run.ts'
import { ReconciliationWatermark } from './reconciliation-watermark.ts'
import { WebhookAttempt } from './webhook-attempt.ts'
import { WebhookDelivery } from './webhook-delivery.ts'
import { WebhookEndpoint } from './webhook-endpoint.ts'

export {
  AccessChange,
  Account,
  AccountBalance,
  AccountChange,
  AnalyticsCountedEvent,
  AnalyticsProgress,
  AnalyticsRollup,
  Alert,
  AlertCount,
  AlertEvent,
  AlertLook,
  AlertNotification,
  AlertSilence,
  AlertSlice,
  ApiKey,
  AuditBatch,
  AuditRecord,
  BankCall,
  BankStatementLine,
  Client,
  ClientLimit,
  ClientTerms,
  DeadLetter,
  DeadLetterChange,
  Entry,
  LedgerOffset,
  Payment,
  PaymentOperation,
  PaymentTask,
  ReconciliationDifference,
  ReconciliationRun,
  ReconciliationWatermark,
  WebhookAttempt,
  WebhookDelivery,
  WebhookEndpoint,
}
export const entities = [
  Client,
  ClientTerms,
  ClientLimit,
  ApiKey,
  AccessChange,
  Account,
  AccountBalance,
  AccountChange,
  Payment,
  PaymentOperation,
  PaymentTask,
  BankCall,
  DeadLetter,
  DeadLetterChange,
  Entry,
  LedgerOffset,
  AuditBatch,
  AuditRecord,
  WebhookEndpoint,
  WebhookDelivery,
  WebhookAttempt,
  AnalyticsRollup,
  AnalyticsCountedEvent,
  AnalyticsProgress,
  ReconciliationRun,
  ReconciliationWatermark,
  ReconciliationDifference,
  BankStatementLine,
  AlertSlice,
  AlertCount,
  AlertLook,
  AlertSilence,
  Alert,
  AlertNotification,
  AlertEvent,
]
