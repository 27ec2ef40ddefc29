/**
 * Decides every command of a batch in arrival order, in memory.
 *
 * Pure: the same commands and state give the same decisions. A declined payment consumes no funds, so that a later,
 * smaller one may pass; a credit is available to the debits behind it in the same batch, as if they had been posted one
 * by one.
 */
import { MAX_AMOUNT_MINOR, type FailureCode } from '@paycluster/contracts'
import type { BatchAccount, BatchCommand, BatchPayment } from './batch-command.ts'
import {
  referenceKey,
  type AccountRow,
  type BalanceState,
  type LedgerState,
  type PaymentRow,
  type Uuid,
} from './ledger-state.ts'

/** A payment that is new to the ledger. `failure` is null when its money moves. */
export interface NewPayment {
  readonly kind: 'payment'
  readonly payment: BatchPayment
  readonly failure: FailureCode | null
  /** Owner of the destination, or null when there is no such account. */
  readonly counterparty: number | null
}

/** An account that is new to the ledger. */
export interface NewAccount {
  readonly kind: 'account'
  readonly account: BatchAccount
}

/** A payment that the ledger has already: posts nothing. */
export interface RepeatedPayment {
  readonly kind: 'repeated payment'
  readonly payment: BatchPayment
  readonly row: PaymentRow
}

/** An account that the ledger has already. */
export interface RepeatedAccount {
  readonly kind: 'repeated account'
  readonly account: BatchAccount
  readonly row: AccountRow
}

/** The id of an earlier command of the same batch: answered like that one. */
export interface RepeatedInBatch {
  readonly kind: 'repeated in batch'
  readonly command: BatchCommand
  /** Index of the earlier command. */
  readonly first: number
}

export type Decision = NewPayment | NewAccount | RepeatedPayment | RepeatedAccount | RepeatedInBatch

/** What the cluster's own accounts may go down to: they stand for the world outside. */
export const SYSTEM_MIN_AVAILABLE = -MAX_AMOUNT_MINOR

interface RunningBalance {
  readonly client: number
  readonly currency: string
  readonly isBlocked: boolean
  readonly held: number
  readonly minAvailable: number
  posted: number
}

/** Whether an account's id is the one that was issued to a client: its owner's tag says so. */
export type IsIssuedTo = (accountId: string, client: number) => boolean

/**
 * @param commands  in the order of the log; amounts in minor units
 * @param state  as read within the batch's transaction
 * @returns one decision per command, in the same order
 */
export function decideBatch(commands: readonly BatchCommand[], state: LedgerState, isIssuedTo: IsIssuedTo): Decision[] {
  return new BatchDecider(state, isIssuedTo).decide(commands)
}

class BatchDecider {
  readonly #state: LedgerState
  readonly #isIssuedTo: IsIssuedTo
  readonly #balances = new Map<Uuid, RunningBalance>()
  readonly #references = new Set<string>()
  readonly #seen = new Map<Uuid, number>()

  constructor(state: LedgerState, isIssuedTo: IsIssuedTo) {
    this.#state = state
    this.#isIssuedTo = isIssuedTo
  }

  decide(commands: readonly BatchCommand[]): Decision[] {
    return commands.map((command, index): Decision => {
      const first = this.#seen.get(command.id)
      if (first !== undefined) return { kind: 'repeated in batch', command, first }
      this.#seen.set(command.id, index)
      return command.type === 'account' ? this.#decideAccount(command) : this.#decidePayment(command)
    })
  }

  #decideAccount(account: BatchAccount): NewAccount | RepeatedAccount {
    const row = this.#state.accounts.get(account.id)
    if (row !== undefined) return { kind: 'repeated account', account, row }
    const { client, currency, kind } = account.command
    this.#balances.set(account.id, {
      client,
      currency,
      isBlocked: false,
      held: 0,
      minAvailable: kind === 'system' ? SYSTEM_MIN_AVAILABLE : 0,
      posted: 0,
    })
    return { kind: 'account', account }
  }

  #decidePayment(payment: BatchPayment): NewPayment | RepeatedPayment {
    const row = this.#state.payments.get(payment.id)
    if (row !== undefined) return { kind: 'repeated payment', payment, row }
    const source = this.#balanceOf(payment.source)
    const destination = this.#destinationOf(payment)
    const counterparty = destination?.client ?? null
    const failure = this.#failureOf(payment, source, destination)
    if (failure === null && source !== undefined && destination !== undefined) {
      const { amount, client, reference } = payment.command
      source.posted -= amount
      destination.posted += amount
      if (reference !== undefined) this.#references.add(referenceKey(client, reference))
    }
    return { kind: 'payment', payment, failure, counterparty }
  }

  #failureOf(
    { command, source: sourceId, destination: destinationId }: BatchPayment,
    source: RunningBalance | undefined,
    destination: RunningBalance | undefined,
  ): FailureCode | null {
    // The source's owner was checked by its id's tag; here the ledger itself says so.
    if (source === undefined || destination === undefined || source.client !== command.client)
      return 'account_not_found'
    if (sourceId === destinationId) return 'same_account'
    if (source.isBlocked || destination.isBlocked) return 'account_blocked'
    if (source.currency !== command.currency || destination.currency !== command.currency) return 'currency_mismatch'
    if (command.reference !== undefined && this.#isTaken(command.client, command.reference))
      return 'duplicate_reference'
    if (source.posted - source.held - command.amount < source.minAvailable) return 'insufficient_funds'
    if (source.posted - command.amount < -MAX_AMOUNT_MINOR) return 'limit_exceeded'
    if (destination.posted + command.amount > MAX_AMOUNT_MINOR) return 'limit_exceeded'
    return null
  }

  #isTaken(client: number, reference: string): boolean {
    const key = referenceKey(client, reference)
    return this.#references.has(key) || this.#state.references.has(key)
  }

  /** An id with another owner's tag names no account; who pays cannot check it, because the owner is another client. */
  #destinationOf({ command, destination }: BatchPayment): RunningBalance | undefined {
    const balance = this.#balanceOf(destination)
    return balance !== undefined && this.#isIssuedTo(command.destination, balance.client) ? balance : undefined
  }

  #balanceOf(account: Uuid): RunningBalance | undefined {
    const running = this.#balances.get(account)
    if (running !== undefined) return running
    const state = this.#state.balances.get(account)
    if (state === undefined) return undefined
    const balance = toRunning(state)
    this.#balances.set(account, balance)
    return balance
  }
}

const toRunning = (state: BalanceState): RunningBalance => ({
  client: state.client,
  currency: state.currency,
  isBlocked: state.status === 'blocked',
  held: state.held,
  minAvailable: state.minAvailable,
  posted: state.posted,
})
