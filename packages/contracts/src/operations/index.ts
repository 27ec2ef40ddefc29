/** Every operation of the API, described beside its schemas: a route of RESOURCES without one fails a test. */
import { ACCOUNT_OPERATIONS } from './accounts.ts'
import { ANALYTICS_OPERATIONS } from './analytics.ts'
import { ALERT_OPERATIONS } from './alerts.ts'
import { AUDIT_OPERATIONS } from './audit.ts'
import { BANK_PAYMENT_OPERATIONS } from './bank-payments.ts'
import { CLIENT_OPERATIONS } from './clients.ts'
import { CLUSTER_OPERATIONS } from './cluster.ts'
import { DEAD_LETTER_OPERATIONS } from './dead-letters.ts'
import { KEY_OPERATIONS } from './keys.ts'
import { LIMIT_OPERATIONS } from './limits.ts'
import type { Operation } from './operation.ts'
import { PAYMENT_OPERATIONS } from './payments.ts'
import { RECONCILIATION_OPERATIONS } from './reconciliation.ts'
import { REFUND_OPERATIONS } from './refunds.ts'
import { TERM_OPERATIONS } from './terms.ts'
import { WEBHOOK_OPERATIONS } from './webhooks.ts'

export { answerHeaders, problemHeaders } from './headers.ts'
export type * from './operation.ts'

export const OPERATIONS: readonly Operation[] = [
  ...ACCOUNT_OPERATIONS,
  ...PAYMENT_OPERATIONS,
  ...REFUND_OPERATIONS,
  ...BANK_PAYMENT_OPERATIONS,
  ...WEBHOOK_OPERATIONS,
  ...CLUSTER_OPERATIONS,
  ...ANALYTICS_OPERATIONS,
  ...ALERT_OPERATIONS,
  ...CLIENT_OPERATIONS,
  ...TERM_OPERATIONS,
  ...KEY_OPERATIONS,
  ...LIMIT_OPERATIONS,
  ...DEAD_LETTER_OPERATIONS,
  ...AUDIT_OPERATIONS,
  ...RECONCILIATION_OPERATIONS,
]
