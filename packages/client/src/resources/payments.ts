import type { CreatePaymentBody, ListPaymentsQuery, Payment, QueuedPayment } from '@paycluster/contracts'
import { Deadline } from '../http/deadline.ts'
import { backoffMs } from '../http/retry-policy.ts'
import type { Query, Session } from '../http/session.ts'
import type { CallOptions } from '../http/transport.ts'
import { writeHeaders, type WriteOptions } from './write-options.ts'

/** `limit` is the size of a page, not of the list. */
export type PaymentFilter = Partial<Omit<ListPaymentsQuery, 'cursor'>>

/** A payment is final some 50 ms after it was accepted, unless posting stands still. */
const POLLS = { maxAttempts: Infinity, baseMs: 50, maxBackoffMs: 1000 }
const LEAST_POLL_MS = 10
const FINAL_WITHIN_MS = 60_000

/** `/v1/payments`. Every method throws PaymentClientError. */
export class Payments {
  readonly #session: Session

  constructor(session: Session) {
    this.#session = session
  }

  /**
   * Pays. Answered as soon as the payment is durable, `queued`; with `waitS` in its final state, if that comes in time. A
   * payment that failed is no error: its `status` says so, and `failure` why.
   */
  create(payment: CreatePaymentBody, options: WriteOptions = {}): Promise<Payment> {
    return this.#session.write('/v1/payments', payment, writeHeaders(options), options)
  }

  /** Of a queued payment there may be nothing known but its id. */
  get(id: string, options: CallOptions = {}): Promise<Payment | QueuedPayment> {
    return this.#session.read(`/v1/payments/${encodeURIComponent(id)}`, id, options)
  }

  /**
   * Waits until the payment is final. From then on the balances and statements that this client reads of its two accounts
   * have it.
   *
   * @param options  60 s by default
   * @throws DeadlineError when it is still queued then: it will be final all the same
   */
  async waitForFinal(id: string, { timeoutMs = FINAL_WITHIN_MS, signal }: CallOptions = {}): Promise<Payment> {
    const deadline = new Deadline(timeoutMs, signal)
    for (let poll = 1; ; poll++) {
      const payment = await this.get(id, { timeoutMs: deadline.leftMs, ...(signal === undefined ? {} : { signal }) })
      if (isFinal(payment)) return payment
      await deadline.wait(backoffMs(POLLS, poll, LEAST_POLL_MS, Math.random()), undefined)
    }
  }

  /** Final payments from or to own accounts, newest first. */
  list(filter: PaymentFilter = {}, options: CallOptions = {}): AsyncGenerator<Payment, void> {
    return this.#session.list('/v1/payments', filter.account, filter satisfies Query, options)
  }
}

const isFinal = (payment: Payment | QueuedPayment): payment is Payment => payment.status !== 'queued'
