/** Acts as calls of the API, by the SDK. */
import { PaymentClient, type WriteOptions } from '@paycluster/client'
import type { Account, Payment, QueuedBlockChange, QueuedOperation, QueuedRefund, Refund } from '@paycluster/contracts'
import type { Act, CardAct, HoldEndAct, RefundAct, Transfer } from '../planning/act.ts'
import { testCard } from '../planning/test-cards.ts'
import { resultOfError, type ActResult, type MadePayment } from './act-result.ts'
import type { Target } from './target.ts'

/** How long the ledger is waited for: most payments are posted within 50 ms. */
const WAIT_S = 5
const ATTEMPT_TIMEOUT_MS = 10_000
const CALL_TIMEOUT_MS = 20_000
const MAX_ATTEMPTS = 3
/** A hold whose end is not sent, because the run is over or too much is in flight, releases itself. */
const HOLD_SECONDS = 600
const STATEMENT_ENTRIES = 20
/** By which a run's payments are found in the ledger. It says nothing of what is suspicious. */
export const RUN_METADATA = 'traffic_run'

export interface SenderOptions {
  readonly target: Target
  /** Begins every idempotency key: a plan that is run again makes new payments. */
  readonly runId: string
  /** Of the cards. */
  readonly seed: number
  /** Ends what is in flight. */
  readonly signal: AbortSignal
}

export class ActSender {
  readonly #options: SenderOptions
  readonly #client: PaymentClient

  constructor(options: SenderOptions) {
    const { url, apiKey } = options.target
    this.#options = options
    this.#client = new PaymentClient({
      url,
      apiKey,
      attemptTimeoutMs: ATTEMPT_TIMEOUT_MS,
      timeoutMs: CALL_TIMEOUT_MS,
      retries: { maxAttempts: MAX_ATTEMPTS },
    })
  }

  /**
   * @param earlier  the id of the payment that a capture, a cancellation or a refund is about; empty for other acts
   * @returns what came of it, whatever that is
   */
  async send(act: Act, earlier: string): Promise<ActResult> {
    try {
      return await this.#send(act, earlier)
    } catch (error) {
      if (this.#options.signal.aborted) return { outcome: 'unanswered', code: 'cut_short', payments: [] }
      return resultOfError(error)
    }
  }

  #send(act: Act, earlier: string): Promise<ActResult> {
    switch (act.kind) {
      case 'payment':
        return this.#pay(act, this.#client.payments.create(this.#transfer(act), this.#write(act)))
      case 'hold': {
        const hold = { ...this.#transfer(act), capture: 'manual' as const, hold_seconds: HOLD_SECONDS }
        return this.#pay(act, this.#client.payments.create(hold, this.#write(act)))
      }
      case 'capture':
      case 'cancel':
        return this.#endHold(act, earlier)
      case 'refund':
        return this.#refund(act, earlier)
      case 'deposit':
        return this.#pay(act, this.#client.payments.deposit(this.#bankTransfer(act), this.#write(act)))
      case 'withdrawal':
        return this.#pay(act, this.#client.payments.withdraw(this.#bankTransfer(act), this.#write(act)))
      case 'card_payment':
        return this.#pay(act, this.#client.payments.payByCard(this.#cardPayment(act), this.#write(act)))
      case 'batch':
        return this.#payBatch(act.payments, this.#write(act))
      case 'block':
      case 'unblock':
        return this.#changeBlock(act.kind, act.account, this.#key(act))
      case 'balance':
        return this.#read(this.#client.accounts.balance(act.account, this.#call))
      case 'statement':
        return this.#read(this.#statement(act.account))
    }
  }

  /** @param key  stands for this change, for ever */
  async unblock(account: string, key: string): Promise<ActResult> {
    try {
      return await this.#changeBlock('unblock', account, key)
    } catch (error) {
      return resultOfError(error)
    }
  }

  get #call(): { signal: AbortSignal } {
    return { signal: this.#options.signal }
  }

  #key({ number }: Act): string {
    return `${this.#options.runId}-${number}`
  }

  #write(act: Act): WriteOptions {
    return { ...this.#call, idempotencyKey: this.#key(act), waitS: WAIT_S }
  }

  get #common(): { currency: string; metadata: Record<string, string> } {
    return { currency: this.#options.target.cast.currency, metadata: { [RUN_METADATA]: this.#options.runId } }
  }

  #transfer({ source, destination, amount }: Transfer) {
    return { source, destination, amount, ...this.#common }
  }

  #bankTransfer({ account, amount }: { account: string; amount: number }) {
    return { account, amount, ...this.#common }
  }

  #cardPayment({ destination, amount, card, isDeclined }: CardAct) {
    return { destination, amount, card: testCard(this.#options.seed, card, isDeclined), ...this.#common }
  }

  async #pay({ kind }: Act, answer: Promise<Payment>): Promise<ActResult> {
    const payment = madePayment(await answer, kind === 'hold')
    const { outcome, code } = payment
    return { outcome, ...(code === undefined ? {} : { code }), payments: [payment] }
  }

  /** It is as good as the worst of its payments. */
  async #payBatch(transfers: readonly Transfer[], options: WriteOptions): Promise<ActResult> {
    const batch = { payments: transfers.map((transfer) => this.#transfer(transfer)) }
    const payments = (await this.#client.payments.createBatch(batch, options)).map((one) => madePayment(one, false))
    const worst =
      payments.find(({ outcome }) => outcome === 'failed') ?? payments.find(({ outcome }) => outcome === 'accepted')
    return { outcome: worst?.outcome ?? 'done', ...(worst?.code === undefined ? {} : { code: worst.code }), payments }
  }

  async #endHold(act: HoldEndAct, hold: string): Promise<ActResult> {
    const { payments } = this.#client
    const { amount } = act
    const ended: Payment | QueuedOperation =
      act.kind === 'cancel'
        ? await payments.cancel(hold, {}, this.#write(act))
        : await payments.capture(hold, amount === undefined ? {} : { amount }, this.#write(act))
    return { outcome: ended.status === 'queued' ? 'accepted' : 'done', payments: [] }
  }

  async #refund(act: RefundAct, payment: string): Promise<ActResult> {
    const body = act.amount === undefined ? {} : { amount: act.amount }
    const refund: Refund | QueuedRefund = await this.#client.payments.refund(payment, body, this.#write(act))
    if (refund.status === 'queued') return { outcome: 'accepted', payments: [], refund: refund.id }
    if (refund.status === 'succeeded') return { outcome: 'done', payments: [], refund: refund.id }
    const code = 'failure' in refund ? refund.failure?.code : undefined
    return { outcome: 'failed', ...(code === undefined ? {} : { code }), payments: [], refund: refund.id }
  }

  async #changeBlock(change: 'block' | 'unblock', account: string, key: string): Promise<ActResult> {
    const options = { ...(change === 'block' ? this.#call : {}), idempotencyKey: key, waitS: WAIT_S }
    const body = { reason: `traffic ${this.#options.runId}` }
    const changed: Account | QueuedBlockChange = await this.#client.accounts[change](account, body, options)
    return { outcome: changed.status === 'queued' ? 'accepted' : 'done', payments: [] }
  }

  async #read(answer: Promise<unknown>): Promise<ActResult> {
    await answer
    return { outcome: 'done', payments: [] }
  }

  /** The newest page. */
  async #statement(account: string): Promise<void> {
    let entries = 0
    for await (const entry of this.#client.accounts.entries(account, { limit: STATEMENT_ENTRIES }, this.#call)) {
      entries += 1
      if (entries === STATEMENT_ENTRIES || entry.seq === 1) break
    }
  }
}

function madePayment({ id, status, failure }: Payment, isHold: boolean): MadePayment {
  if (status === 'failed') return { id, outcome: 'failed', ...(failure === null ? {} : { code: failure.code }) }
  const isDone = status === 'succeeded' || (isHold && status !== 'queued' && status !== 'processing')
  return { id, outcome: isDone ? 'done' : 'accepted' }
}
