import type {
  Batch,
  Cancel,
  Capture,
  CreateBankTransfer,
  CreateBatchBody,
  CreateCardPayment,
  CreatePaymentBody,
  CreateRefund,
  ListPaymentsQuery,
  Payment,
  QueuedOperation,
  QueuedPayment,
  QueuedRefund,
  Refund,
  TimelineEntry,
} from '@paycluster/contracts'
import { Deadline } from '../http/deadline.ts'
import { backoffMs } from '../http/retry-policy.ts'
import type { Query } from '../http/query.ts'
import type { Session } from '../http/session.ts'
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

  /**
   * Makes up to 500 payments at once; with `atomic` they succeed together or not at all. Answered in the order of the
   * request, as {@link create} answers one.
   */
  async createBatch(batch: CreateBatchBody, options: WriteOptions = {}): Promise<Payment[]> {
    const { data } = await this.#session.write<Batch>('/v1/payments/batch', batch, writeHeaders(options), options)
    return data
  }

  /** Brings money from a bank to an account. Answered like {@link create}; final when the bank has answered. */
  deposit(transfer: CreateBankTransfer, options: WriteOptions = {}): Promise<Payment> {
    return this.#session.write('/v1/deposits', transfer, writeHeaders(options), options)
  }

  /** Pays by card. Answered like {@link create}; final when the bank has answered. */
  payByCard(payment: CreateCardPayment, options: WriteOptions = {}): Promise<Payment> {
    return this.#session.write('/v1/card-payments', payment, writeHeaders(options), options)
  }

  /** Pays money out to a bank. Answered like {@link create}; final when the bank has answered. */
  withdraw(transfer: CreateBankTransfer, options: WriteOptions = {}): Promise<Payment> {
    return this.#session.write('/v1/withdrawals', transfer, writeHeaders(options), options)
  }

  /** Of a queued payment there may be nothing known but its id. */
  get(id: string, options: CallOptions = {}): Promise<Payment | QueuedPayment> {
    return this.#session.read(path(id), id, options)
  }

  /**
   * Waits until the payment is posted: final, or held if it is to be captured. From then on the balances and statements
   * that this client reads of its two accounts have it.
   *
   * @param options  60 s by default
   * @throws DeadlineError when it is still queued then: it will be posted all the same
   */
  waitForFinal(id: string, options: CallOptions = {}): Promise<Payment> {
    return untilFinal((call) => this.get(id, call), isPosted, options)
  }

  /**
   * Captures a hold, whole or in part; the rest is released. Queued when that takes longer than the wait, 5 s by default.
   *
   * @throws StateConflictError when it is no hold, or no longer one
   */
  capture(id: string, capture: Capture = {}, options: WriteOptions = {}): Promise<Payment | QueuedOperation> {
    return this.#session.write(`${path(id)}/capture`, capture, writeHeaders(options), options)
  }

  /**
   * Releases a hold. Queued when that takes longer than the wait, 5 s by default.
   *
   * @throws StateConflictError when it is no hold, or no longer one
   */
  cancel(id: string, cancel: Cancel = {}, options: WriteOptions = {}): Promise<Payment | QueuedOperation> {
    return this.#session.write(`${path(id)}/cancel`, cancel, writeHeaders(options), options)
  }

  /**
   * Refunds, all that is left by default. Queued when that takes longer than the wait, 5 s by default. A refund that failed
   * is no error: its `status` says so, and `failure` why.
   */
  refund(id: string, refund: CreateRefund = {}, options: WriteOptions = {}): Promise<Refund | QueuedRefund> {
    return this.#session.write(`${path(id)}/refunds`, refund, writeHeaders(options), options)
  }

  /** The refunds of a payment, newest first, failed ones included. */
  refunds(id: string, options: CallOptions = {}): AsyncGenerator<Refund, void> {
    return this.#session.list(`${path(id)}/refunds`, id, {}, options)
  }

  /** One refund. Of a queued one there may be nothing known but its id. */
  getRefund(refundId: string, options: CallOptions = {}): Promise<Refund | QueuedRefund> {
    return this.#session.read(`/v1/refunds/${encodeURIComponent(refundId)}`, refundId, options)
  }

  /**
   * Waits until a refund is final: of what came by a bank or a card, until that has answered.
   *
   * @param options  60 s by default
   * @throws DeadlineError when it is not final then: it will be all the same
   */
  waitForRefund(refundId: string, options: CallOptions = {}): Promise<Refund> {
    return untilFinal((call) => this.getRefund(refundId, call), isFinalRefund, options)
  }

  /** What happened to a payment, newest first. */
  timeline(id: string, options: CallOptions = {}): AsyncGenerator<TimelineEntry, void> {
    return this.#session.list(`${path(id)}/timeline`, id, {}, options)
  }

  /** Posted payments from or to own accounts, newest first. */
  list(filter: PaymentFilter = {}, options: CallOptions = {}): AsyncGenerator<Payment, void> {
    return this.#session.list('/v1/payments', filter.account, filter satisfies Query, options)
  }
}

const path = (id: string): string => `/v1/payments/${encodeURIComponent(id)}`

/** Reads again and again, ever more slowly. @throws DeadlineError */
async function untilFinal<T, F extends T>(
  read: (options: CallOptions) => Promise<T>,
  isFinal: (object: T) => object is F,
  { timeoutMs = FINAL_WITHIN_MS, signal }: CallOptions,
): Promise<F> {
  const deadline = new Deadline(timeoutMs, signal)
  for (let poll = 1; ; poll++) {
    const object = await read({ timeoutMs: deadline.leftMs, ...(signal === undefined ? {} : { signal }) })
    if (isFinal(object)) return object
    await deadline.wait(backoffMs(POLLS, poll, LEAST_POLL_MS, Math.random()), undefined)
  }
}

const isFinalRefund = (refund: Refund | QueuedRefund): refund is Refund =>
  refund.status !== 'queued' && refund.status !== 'processing'

const isPosted = (payment: Payment | QueuedPayment): payment is Payment =>
  payment.status !== 'queued' && payment.status !== 'processing'
