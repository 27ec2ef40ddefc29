/**
 * The ledger as it stands in memory while a batch is being decided: as it was read, with what the commands before have
 * changed.
 */
import { HOUSE_CLIENT } from '@paycluster/platform/ids/house-accounts'
import { RunningAccess } from './access/running-access.ts'
import type { BankRail } from '@paycluster/contracts'
import type { BatchAccount, BatchPayment } from './batch-command.ts'
import type { NewBankPayment, NewPayment } from './decisions.ts'
import {
  referenceKey,
  type AccountRow,
  type BalanceState,
  type LedgerState,
  type OperationRow,
  type PaymentRow,
  type Uuid,
} from './ledger-state.ts'
import { RunningLetters } from './letters/decide-letter-change.ts'
import { dayOf } from './limits/spending.ts'
import { spentOn } from './limits/limit-state.ts'
import { RunningTerms } from './terms/running-terms.ts'
import { newPaymentRow } from './new-payment-row.ts'

/** Amounts in minor units. */
export interface RunningBalance {
  readonly client: number
  readonly currency: string
  minAvailable: number
  isBlocked: boolean
  held: number
  posted: number
  /** The most of one payment, and of a day; null for no limit. */
  paymentLimit: number | null
  dailyLimit: number | null
  /** Today. */
  spent: number
}

/** Whether an id is the one that was issued to a client: its owner's tag says so. */
export type IsIssuedTo = (prefix: 'acc' | 'pay', id: string, client: number) => boolean

/** Basis points that each rail costs. */
export type Commissions = Readonly<Record<BankRail, number>>

/** What decides beside the ledger. */
export interface LedgerRules {
  readonly isIssuedTo: IsIssuedTo
  readonly commissions: Commissions
}

export class RunningLedger {
  readonly state: LedgerState
  /** The time of the batch, in milliseconds of the epoch. */
  readonly atMs: number
  /** Who may call. */
  readonly access: RunningAccess
  readonly letters: RunningLetters
  /** What clients may spend. */
  readonly terms: RunningTerms
  readonly #rules: LedgerRules
  readonly #day: string
  readonly #balances = new Map<Uuid, RunningBalance>()
  readonly #references = new Set<string>()
  readonly #payments = new Map<Uuid, PaymentRow>()
  readonly #newPayments = new Map<Uuid, NewPayment | NewBankPayment>()
  readonly #refunds = new Map<Uuid, OperationRow>()
  readonly #accounts = new Map<Uuid, AccountRow>()

  constructor(state: LedgerState, rules: LedgerRules, atMs: number) {
    this.state = state
    this.#rules = rules
    this.atMs = atMs
    this.#day = dayOf(atMs)
    this.access = new RunningAccess(state.access)
    this.letters = new RunningLetters(state.letters)
    this.terms = new RunningTerms(state.terms, this.#day)
  }

  balanceOf(account: Uuid): RunningBalance | undefined {
    const running = this.#balances.get(account)
    if (running !== undefined) return running
    const state = this.state.balances.get(account)
    if (state === undefined) return undefined
    const balance = toRunning(state, this.#day)
    this.#balances.set(account, balance)
    return balance
  }

  /**
   * An id with another owner's tag names no account; who pays cannot check it, because the owner is another client. Nobody
   * pays the cluster's own accounts: their money is the bank's.
   */
  destinationOf({ command, destination }: BatchPayment): RunningBalance | undefined {
    const balance = this.balanceOf(destination)
    if (balance === undefined || balance.client === HOUSE_CLIENT) return undefined
    return this.isAccountOf(command.destination, balance.client) ? balance : undefined
  }

  /** Whether an account's id is the one that was issued to a client: it bears its owner's tag. */
  isAccountOf(accountId: string, client: number): boolean {
    return this.#rules.isIssuedTo('acc', accountId, client)
  }

  /**
   * Basis points.
   *
   * @param client  whose account it is; undefined where there is none
   */
  commissionBps(rail: BankRail, client: number | undefined): number {
    const own = client === undefined ? undefined : this.terms.commissionBps(client, rail)
    return own ?? this.#rules.commissions[rail]
  }

  addAccount({ id, command }: BatchAccount, minAvailable: number): void {
    const { client, currency } = command
    const limits = { paymentLimit: null, dailyLimit: null, spent: 0 }
    this.#balances.set(id, { client, currency, isBlocked: false, held: 0, minAvailable, posted: 0, ...limits })
    this.#accounts.set(id, {
      client,
      kind: command.kind,
      currency,
      status: 'active',
      externalId: command.external_id ?? null,
      metadata: command.metadata ?? {},
      fingerprint: command.fingerprint,
      createdAtMs: command.created_at_ms,
      revision: 1,
    })
  }

  accountOf(account: Uuid): AccountRow | undefined {
    return this.#accounts.get(account) ?? this.state.accounts.get(account)
  }

  setAccount(account: Uuid, row: AccountRow): void {
    this.#accounts.set(account, row)
    const balance = this.balanceOf(account)
    if (balance !== undefined) balance.isBlocked = row.status === 'blocked'
  }

  addPayment(decision: NewPayment | NewBankPayment): void {
    this.#newPayments.set(decision.payment.id, decision)
  }

  /** The payment as it stands, also one that came before in the batch. */
  paymentOf(id: Uuid): PaymentRow | undefined {
    const known = this.#payments.get(id) ?? this.state.payments.get(id)
    if (known !== undefined) return known
    const made = this.#newPayments.get(id)
    return made === undefined ? undefined : newPaymentRow(made, this.atMs)
  }

  /** Whether a payment's id is the whole of it: whoever is not its payer cannot check the owner's tag. */
  isIdOf({ client }: PaymentRow, paymentId: string): boolean {
    return this.#rules.isIssuedTo('pay', paymentId, client)
  }

  setPayment(id: Uuid, row: PaymentRow): void {
    this.#payments.set(id, row)
  }

  /** A refund that was there, as it stands. */
  refundOf(id: Uuid): OperationRow | undefined {
    return this.#refunds.get(id) ?? this.state.operations.get(id)
  }

  setRefund(id: Uuid, row: OperationRow): void {
    this.#refunds.set(id, row)
  }

  /**
   * Remembers what payments between these accounts change.
   *
   * @returns takes back what they have changed since
   */
  remember(accounts: readonly Uuid[]): () => void {
    const saved = accounts.flatMap((account) => {
      const balance = this.balanceOf(account)
      return balance === undefined
        ? []
        : [{ balance, posted: balance.posted, held: balance.held, spent: balance.spent }]
    })
    const references = new Set(this.#references)
    const takeBackSpent = this.terms.remember()
    return () => {
      takeBackSpent()
      for (const { balance, posted, held, spent } of saved) Object.assign(balance, { posted, held, spent })
      for (const reference of this.#references) if (!references.has(reference)) this.#references.delete(reference)
    }
  }

  isTaken(client: number, reference: string): boolean {
    const key = referenceKey(client, reference)
    return this.#references.has(key) || this.state.references.has(key)
  }

  takeReference(client: number, reference: string): void {
    this.#references.add(referenceKey(client, reference))
  }
}

const toRunning = (state: BalanceState, day: string): RunningBalance => ({
  client: state.client,
  currency: state.currency,
  minAvailable: state.minAvailable,
  isBlocked: state.status === 'blocked',
  held: state.held,
  posted: state.posted,
  paymentLimit: state.paymentLimit,
  dailyLimit: state.dailyLimit,
  spent: spentOn(state, day),
})
