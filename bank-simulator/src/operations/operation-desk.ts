/**
 * Takes what clients ask for, once per key.
 *
 *     asked ──key known──────────────────────────────▶ what it was answered before, or `idempotency_key_reused`
 *       └──new──▶ decided ──journalled──▶ in the book ──▶ settled | declined
 *                                              └────────▶ pending ──its time──▶ journalled ──▶ settled | declined
 *
 * Money moves when the request comes, not when it is answered: what a lookup does not know never came.
 */
import { randomUUID } from 'node:crypto'
import { MAX_AMOUNT_MINOR } from '@paycluster/contracts'
import type { Clock } from '@paycluster/platform/clock'
import { isoTime } from '@paycluster/platform/iso-time'
import { BankProblem } from '../http/bank-problem.ts'
import type { Journal } from '../journal/journal.ts'
import type { Accepted, JournalRecord } from '../journal/journal-record.ts'
import { addTo, ended, type BookEntry, type OperationBook } from './operation-book.ts'
import { signedAmount, type AskedOperation, type Decision, type Operation, type Outcome } from './operation.ts'

/** The end of an operation. */
export interface OperationEnd {
  readonly operation: Operation
  /** RFC 3339, in UTC. */
  readonly at: string
  readonly wasPending: boolean
}

export interface DeskOptions {
  readonly book: OperationBook
  readonly journal: Pick<Journal, 'append'>
  readonly clock: Clock
  readonly maxOperations: number
  /** Told of every end, once it is on the disk. */
  readonly onEnd: (end: OperationEnd) => void
  /** The journal failed: what is in the book may not be what is on the disk, and the bank must stop. May come twice. */
  readonly onFailure: (error: unknown) => void
}

const ID_PREFIX = { collection: 'btr_', payout: 'btr_', card_charge: 'bch_', refund: 'brf_' }

export class OperationDesk {
  readonly #options: DeskOptions
  /** Being journalled. */
  readonly #underWay = new Map<string, { fingerprint: string; taken: Promise<Operation> }>()
  readonly #timers = new Map<string, NodeJS.Timeout>()
  /** The balances with what is being journalled: a bound holds for requests that come at once, too. */
  readonly #decided: Map<string, number>
  /** What is paid back of what, with that likewise. */
  readonly #refunded: Map<string, number>

  constructor(options: DeskOptions) {
    this.#options = options
    this.#decided = new Map(options.book.balances())
    this.#refunded = new Map(options.book.refunded())
    for (const entry of options.book.pending()) this.#schedule(entry)
  }

  /**
   * The operation of this key; a new one is as `decide` has it, which may throw: then nothing came.
   *
   * @throws BankProblem `idempotency_key_reused` (422), `capacity_reached` (503)
   * @throws JournalError
   */
  async take(asked: AskedOperation, decide: () => Decision): Promise<Operation> {
    const { book, maxOperations } = this.#options
    const known = book.find(asked.idempotencyKey) ?? this.#underWay.get(asked.idempotencyKey)
    if (known !== undefined) {
      if (known.fingerprint !== asked.fingerprint)
        throw new BankProblem('idempotency_key_reused', 'The Idempotency-Key came with another body before.')
      return 'taken' in known ? known.taken : known.operation
    }
    if (book.size + this.#underWay.size >= maxOperations)
      throw new BankProblem('capacity_reached', `The bank keeps ${maxOperations} operations, and no more.`)
    const taken = this.#accept(asked, decide())
    this.#underWay.set(asked.idempotencyKey, { fingerprint: asked.fingerprint, taken })
    try {
      return await taken
    } finally {
      this.#underWay.delete(asked.idempotencyKey)
    }
  }

  /** The operation of a key as it is now; one that is being journalled is waited for. */
  async find(idempotencyKey: string): Promise<Operation | undefined> {
    return this.#options.book.find(idempotencyKey)?.operation ?? this.#underWay.get(idempotencyKey)?.taken
  }

  /** No pending operation ends any more: until the next start. */
  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
  }

  async #accept(asked: AskedOperation, { verdict, card }: Decision): Promise<Operation> {
    const { afterMs } = verdict
    const outcome = this.#decideRefund(asked, verdict.outcome)
    const { clock, onEnd } = this.#options
    const nowMs = clock.now()
    const received = receivedOperation(asked, card, isoTime(nowMs))
    const record: Accepted =
      afterMs === undefined
        ? {
            record: 'accepted',
            operation: ended(received, this.#decide(received, outcome), received.created_at),
            fingerprint: asked.fingerprint,
          }
        : {
            record: 'accepted',
            operation: received,
            fingerprint: asked.fingerprint,
            due: { at: isoTime(nowMs + afterMs), outcome },
          }
    await this.#write(record)
    if (record.due === undefined) onEnd({ operation: record.operation, at: received.created_at, wasPending: false })
    else this.#schedule({ operation: received, fingerprint: asked.fingerprint, due: record.due })
    return record.operation
  }

  /** The outcome, unless the account cannot hold what it would have then: an amount that JSON carries exactly. */
  #decide(operation: Operation, outcome: Outcome): Outcome {
    if (outcome.status === 'declined') return outcome
    const balance = (this.#decided.get(operation.currency) ?? 0) + signedAmount(operation)
    if (Math.abs(balance) > MAX_AMOUNT_MINOR) return { status: 'declined', reason: 'limit_exceeded' }
    this.#decided.set(operation.currency, balance)
    return outcome
  }

  /** A refund pays back no more than was settled, all refunds of it together. */
  #decideRefund({ refund_of: key, amount, currency }: AskedOperation, outcome: Outcome): Outcome {
    if (key === undefined || outcome.status === 'declined') return outcome
    const paid = this.#options.book.find(key)?.operation
    const isRefundable = paid?.status === 'settled' && signedAmount(paid) > 0 && paid.currency === currency
    if (!isRefundable) return { status: 'declined', reason: 'not_refundable' }
    if ((this.#refunded.get(key) ?? 0) + amount > paid.amount)
      return { status: 'declined', reason: 'refund_exceeds_amount' }
    addTo(this.#refunded, key, amount)
    return outcome
  }

  #schedule({ operation, due }: BookEntry): void {
    if (due === undefined) return
    const { clock, onFailure } = this.#options
    const resolve = (): void => {
      this.#timers.delete(operation.id)
      // Nobody waits for it who could be told.
      this.#resolve(operation, due.outcome).catch(onFailure)
    }
    this.#timers.set(operation.id, setTimeout(resolve, Math.max(0, Date.parse(due.at) - clock.now())))
  }

  /** First on the disk, then in the book. */
  async #write(record: JournalRecord): Promise<void> {
    const { journal, book, onFailure } = this.#options
    try {
      await journal.append(record)
    } catch (error) {
      onFailure(error)
      throw error
    }
    book.apply(record)
  }

  async #resolve(operation: Operation, wanted: Outcome): Promise<void> {
    const { clock, onEnd } = this.#options
    const outcome = this.#decide(operation, wanted)
    const record: JournalRecord = { record: 'resolved', id: operation.id, at: isoTime(clock.now()), outcome }
    await this.#write(record)
    onEnd({ operation: ended(operation, outcome, record.at), at: record.at, wasPending: true })
  }
}

const receivedOperation = (asked: AskedOperation, card: Decision['card'], at: string): Operation => ({
  id: ID_PREFIX[asked.type] + randomUUID().replaceAll('-', ''),
  idempotency_key: asked.idempotencyKey,
  type: asked.type,
  status: 'pending',
  amount: asked.amount,
  currency: asked.currency,
  reference: asked.reference,
  ...(card === undefined ? {} : { card }),
  ...(asked.refund_of === undefined ? {} : { refund_of: asked.refund_of }),
  created_at: at,
  settled_at: null,
})
