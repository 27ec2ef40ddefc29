import { SeenState } from './consistency/seen-state.ts'
import { DEFAULT_RETRIES, type RetryPolicy } from './http/retry-policy.ts'
import { Session } from './http/session.ts'
import { Transport } from './http/transport.ts'
import { Accounts } from './resources/accounts.ts'
import { AnalyticsFigures } from './resources/analytics.ts'
import { Alerts } from './resources/alerts.ts'
import { Audit } from './resources/audit.ts'
import { Clients } from './resources/clients.ts'
import { Cluster } from './resources/cluster.ts'
import { DeadLetters } from './resources/dead-letters.ts'
import { Keys } from './resources/keys.ts'
import { Limits } from './resources/limits.ts'
import { Payments } from './resources/payments.ts'
import { Reconciliation } from './resources/reconciliation.ts'
import { Terms } from './resources/terms.ts'
import { Webhooks } from './resources/webhooks.ts'

/** Above the 10 s that a write may wait for its final state. */
const ATTEMPT_TIMEOUT_MS = 15_000
const CALL_TIMEOUT_MS = 60_000

export interface PaymentClientOptions {
  /** Of the gateway, without a path: `https://payments.example`. */
  readonly url: string
  /** `sk_…`: whoever has it can pay. It has no place in a page that others open. */
  readonly apiKey: string
  /** Of a key that demands signed requests. */
  readonly signingSecret?: string
  readonly retries?: Partial<RetryPolicy>
  /** For one attempt, and for a call with all its attempts; 15 s and 60 s by default. */
  readonly attemptTimeoutMs?: number
  readonly timeoutMs?: number
  readonly fetch?: typeof fetch
}

/**
 * Calls the payment API, and sees to what is easily done wrong: calls that fail are made again, with the same idempotency
 * key and ever longer pauses; what one call has seen, the next one sees as well.
 *
 * One client per key and user: what it has seen is its own.
 */
export class PaymentClient {
  readonly accounts: Accounts
  readonly payments: Payments
  readonly webhooks: Webhooks
  /** For whoever operates the cluster. */
  readonly cluster: Cluster
  readonly alerts: Alerts
  readonly clients: Clients
  readonly keys: Keys
  readonly limits: Limits
  readonly terms: Terms
  readonly deadLetters: DeadLetters
  readonly audit: Audit
  readonly analytics: AnalyticsFigures
  readonly reconciliation: Reconciliation

  /** @throws TypeError for a URL or a key that can be none */
  constructor(options: PaymentClientOptions) {
    if (!/^https?:\/\//.test(options.url) || !URL.canParse(options.url))
      throw new TypeError(`url: ${options.url} is no http(s):// URL`)
    if (!/^[\x21-\x7e]+$/.test(options.apiKey)) throw new TypeError('apiKey: a key is visible ASCII, without spaces')
    const transport = new Transport({
      url: options.url.replace(/\/+$/, ''),
      apiKey: options.apiKey,
      signingSecret: options.signingSecret,
      retries: { ...DEFAULT_RETRIES, ...options.retries },
      attemptTimeoutMs: options.attemptTimeoutMs ?? ATTEMPT_TIMEOUT_MS,
      timeoutMs: options.timeoutMs ?? CALL_TIMEOUT_MS,
      fetch: options.fetch ?? globalThis.fetch,
    })
    const session = new Session(transport, new SeenState())
    this.accounts = new Accounts(session)
    this.payments = new Payments(session)
    this.webhooks = new Webhooks(session)
    this.cluster = new Cluster(session)
    this.alerts = new Alerts(session)
    this.clients = new Clients(session)
    this.keys = new Keys(session)
    this.limits = new Limits(session)
    this.terms = new Terms(session)
    this.deadLetters = new DeadLetters(session)
    this.audit = new Audit(session)
    this.analytics = new AnalyticsFigures(session)
    this.reconciliation = new Reconciliation(session)
  }
}
