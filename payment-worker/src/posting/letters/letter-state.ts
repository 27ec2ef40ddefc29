/** What a batch reads of dead letters before it decides what becomes of them. */
import type { BankRail, DeadLetterState } from '@paycluster/contracts'
import type { AskedBy } from '../access/access-state.ts'

interface CommonRow {
  readonly id: string
  readonly state: DeadLetterState
  readonly reason: string
  readonly attempts: number
  readonly version: number
  readonly firstAtMs: number
  readonly lastAtMs: number
  readonly payload: Buffer | null
}

/** A message of a log. */
export interface CommandLetterRow extends CommonRow {
  readonly kind: 'command' | 'event'
  readonly partition: number
  readonly offset: number
  readonly key: Buffer | null
}

/** A payment about which a bank was asked in vain. */
export interface TaskLetterRow extends CommonRow {
  readonly kind: 'bank_task'
  /** The ledger's uuid of the task: its payment's, or its refund's. */
  readonly task: string
  /** Likewise, and the accounts that follow. */
  readonly payment: string
  readonly client: number
  /** Of a refund: who asked for it, and the fingerprint of its body. */
  readonly refund: { readonly client: number; readonly fingerprint: string } | null
  readonly rail: BankRail
  readonly source: string
  readonly destination: string
  readonly counterparty: number | null
  /** Of the payment's body. */
  readonly fingerprint: string
}

export type LetterRow = CommandLetterRow | TaskLetterRow

/** A replay or a discard, as the ledger holds it. */
export interface LetterChangeRow {
  readonly kind: 'replay' | 'discard'
  /** Of the letter before it. */
  readonly attempts: number
  /** Of the letter after it. */
  readonly letterVersion: number
  readonly reason: string | null
  readonly askedBy: AskedBy
  readonly fingerprint: string
  readonly postedAtMs: number
}

/** A missing key is a missing row. */
export interface LettersState {
  readonly letters: ReadonlyMap<string, LetterRow>
  /** Those whose command came again, by the ledger's uuid. */
  readonly changes: ReadonlyMap<string, LetterChangeRow>
}
