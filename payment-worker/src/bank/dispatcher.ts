/**
 * Asks the bank, and tells the ledger what it came to.
 *
 *     claim what is due → call, or ask whether it has happened → answer as a command → write down
 *
 * All workers dispatch; a task is in one worker's hands at a time, by its lease. The ledger learns of an answer by a
 * command alone, which it posts once, however often it comes: a worker that dies between the bank's answer and its command
 * leaves a task whose lease ends, and whoever takes it asks the bank what has happened.
 */
import type { Command, SettleCommand, SettleRefundCommand } from '@paycluster/contracts'
import type { Clock } from '@paycluster/platform/clock'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import type { Logger } from '@paycluster/platform/logging'
import { ClaimLoop } from '@paycluster/platform/work/claim-loop'
import type { MessageSink } from '../publishing/batch-publisher.ts'
import { backoffMs, type BackoffSettings } from './backoff.ts'
import type { BankCircuit } from './bank-circuit.ts'
import type { BankClient, BankRequest } from './bank-client.ts'
import type { DispatcherMetrics } from './dispatcher-metrics.ts'
import { hasReachedNobody, type BankAnswer, type BankCall, type CallResult, type ClaimedTask } from './bank-task.ts'
import type { FinishedClaim, TaskStore } from './task-store.ts'

/** One claim's size, at most: more at once would keep others from a share. */
const MAX_CLAIM = 100
/** An answer whose command has no effect by then is sent again. */
const REPORT_AGAIN_MS = 60_000

export interface DispatcherSettings {
  readonly intervalMs: number
  readonly leaseMs: number
  /** Tasks in hand at once: as many connections to the bank, at most. */
  readonly maxInFlight: number
  readonly maxAttempts: number
  readonly backoff: BackoffSettings
  /** How often a bank that will decide later is asked whether it has. */
  readonly pendingCheckMs: number
}

export interface DispatcherParts {
  readonly store: Pick<TaskStore, 'claim' | 'finish'>
  readonly bank: Pick<BankClient, 'move' | 'find'>
  readonly circuit: Pick<BankCircuit, 'run' | 'room'>
  /** Of commands. */
  readonly commands: MessageSink
  readonly ids: IdCodec
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: DispatcherMetrics
  readonly settings: DispatcherSettings
}

interface Result {
  readonly task: ClaimedTask
  readonly result: CallResult | undefined
  readonly call: BankCall | undefined
}

export class Dispatcher {
  readonly #parts: DispatcherParts
  readonly #loop: ClaimLoop<ClaimedTask, Result>
  /** The bank asked for a pause. */
  #pausedUntilMs = 0

  constructor(parts: DispatcherParts) {
    this.#parts = parts
    const { store, settings, logger, metrics } = parts
    this.#loop = new ClaimLoop({
      room: () => this.#room(),
      claim: (most) => store.claim(most, settings.leaseMs),
      work: (task) => this.#work(task),
      report: (results) => this.#report(results),
      // Their leases end, and whoever takes them asks the bank what has happened.
      onUnreported: (count) => {
        metrics.unreported(count)
      },
      intervalMs: settings.intervalMs,
      name: 'bank tasks',
      logger,
    })
  }

  get inHand(): number {
    return this.#loop.inHand
  }

  start(): void {
    this.#loop.start()
  }

  /** A task has been made: it need not wait for the next look. */
  nudge(): void {
    this.#loop.nudge()
  }

  /** Resolves when nothing is in hand any more, or with the time that a request to the bank may take. */
  stop(): Promise<void> {
    return this.#loop.stop()
  }

  #room(): number {
    const { circuit, settings, clock } = this.#parts
    if (clock.now() < this.#pausedUntilMs) return 0
    return Math.min(MAX_CLAIM, settings.maxInFlight - this.#loop.inHand, circuit.room)
  }

  async #work(task: ClaimedTask): Promise<Result> {
    return task.was === 'reported' ? { task, result: undefined, call: undefined } : await this.#ask(task)
  }

  async #ask(task: ClaimedTask): Promise<Result> {
    const { bank, circuit, clock, metrics } = this.#parts
    const movesMoney = task.was === 'ready'
    const key = this.#keyOf(task)
    const startedAtMs = clock.now()
    const started = performance.now()
    const result = await circuit.run(() => (movesMoney ? bank.move(this.#requestFor(task, key)) : bank.find(key)))
    const durationMs = performance.now() - started
    if (result.kind === 'not_asked') return { task, result, call: undefined }
    metrics.called(movesMoney ? 'move' : 'find', result.kind, durationMs)
    if (result.kind === 'not_done' && result.retryAfterMs !== undefined)
      this.#pausedUntilMs = clock.now() + this.#retryAfterMs(result)
    return { task, result, call: { movesMoney, startedAtMs, durationMs } }
  }

  /** One message batch, one statement. */
  async #report(results: readonly Result[]): Promise<void> {
    const { store, commands } = this.#parts
    const messages = results.flatMap((one) => this.#toMessage(one))
    if (messages.length > 0) await commands.send(messages)
    await store.finish(results.map((one) => this.#toFinished(one)))
  }

  #toFinished({ task, result, call }: Result): FinishedClaim {
    const { settings, metrics } = this.#parts
    const finished = { task, result, call }
    switch (result?.kind) {
      case undefined:
      case 'settled':
      case 'declined':
        return { ...finished, state: 'reported', dueMs: REPORT_AGAIN_MS }
      case 'pending':
        return { ...finished, state: 'pending', dueMs: settings.pendingCheckMs }
      case 'not_asked':
        // As it was: a call that was interrupted before is not forgotten.
        return { ...finished, state: stateBefore(task), dueMs: settings.intervalMs }
      case 'not_done':
      case 'unknown': {
        if (task.was !== 'pending' && task.attempts >= settings.maxAttempts && !hasReachedNobody(result)) {
          metrics.exhausted()
          return { ...finished, state: 'exhausted', dueMs: 0 }
        }
        const dueMs = Math.max(this.#retryAfterMs(result), backoffMs(settings.backoff, task.attempts))
        return { ...finished, state: nextState(task, result), dueMs }
      }
    }
  }

  /** What the bank asks for, up to the cap; 0 where it asks for nothing. */
  #retryAfterMs(result: CallResult): number {
    const asked = result.kind === 'not_done' ? (result.retryAfterMs ?? 0) : 0
    return Math.min(asked, this.#parts.settings.backoff.capMs)
  }

  /** Keyed like the payment's own command: by the customer's or merchant's account. */
  #toMessage({ task, result }: Result): { key: string; value: string } | [] {
    const answer = result === undefined ? task.answer : answerOf(result)
    if (answer === null) return []
    const { ids, clock } = this.#parts
    const payment = this.#paymentOf(task)
    const common = {
      payment,
      client: task.client,
      fingerprint: task.fingerprint,
      created_at_ms: clock.now(),
      // Undefined members are not written.
      reply_to: task.replyTo ?? undefined,
    }
    // No client's key has a space in it: none can take these ids.
    const key = this.#keyOf(task)
    const id = ids.derive('opr', task.client, `${answer.kind} ${key}`)
    const command = task.isRefund
      ? refundAnswer(answer, { id, refund: key, ...common })
      : paymentAnswer(answer, { id, ...common })
    return { key: ids.fromUuid('acc', task.account, task.accountOwner), value: JSON.stringify(command) }
  }

  #requestFor(task: ClaimedTask, key: string): BankRequest {
    return task.isRefund ? { key, task, refundOf: this.#paymentOf(task) } : { key, task }
  }

  #paymentOf({ payment, payer }: ClaimedTask): string {
    return this.#parts.ids.fromUuid('pay', payment, payer)
  }

  /** The payment's or the refund's id: what an operator finds at the bank is what the client was told. */
  #keyOf({ id, client, isRefund }: ClaimedTask): string {
    return this.#parts.ids.fromUuid(isRefund ? 'ref' : 'pay', id, client)
  }
}

const paymentAnswer = (answer: BankAnswer, common: Omit<SettleCommand, 'type' | 'reason'>): Command =>
  answer.kind === 'settled'
    ? { type: 'payment.settle', reason: answer.bankId, ...common }
    : { type: 'payment.decline', code: 'bank_declined', reason: answer.reason, ...common }

const refundAnswer = (answer: BankAnswer, common: Omit<SettleRefundCommand, 'type' | 'reason'>): Command =>
  answer.kind === 'settled'
    ? { type: 'refund.settle', reason: answer.bankId, ...common }
    : { type: 'refund.decline', code: 'bank_declined', reason: answer.reason, ...common }

function answerOf(result: CallResult): BankAnswer | null {
  return result.kind === 'settled' || result.kind === 'declined' ? result : null
}

function stateBefore({ was }: ClaimedTask): FinishedClaim['state'] {
  return was === 'calling' || was === 'done' ? 'unknown' : was
}

/** What the bank has not done may be sent again; of what nobody knows it is asked first. */
function nextState({ was }: ClaimedTask, result: CallResult): FinishedClaim['state'] {
  if (was === 'pending') return result.kind === 'not_done' && result.isReached ? 'ready' : 'pending'
  if (result.kind !== 'not_done') return 'unknown'
  // Not reached with the question whether it has happened: that is still the question.
  return was === 'ready' || result.isReached ? 'ready' : 'unknown'
}
