/** What is to be asked of the bank for one payment or refund, and what came of asking. */
import type { BankRail } from '@paycluster/contracts'

/**
 *     ready ──call──▶ calling ──▶ reported ──▶ done (by the posting of the answer)
 *       ▲                │ ├────▶ pending: the bank will decide later
 *       │                │ └────▶ ready: nothing has reached the bank, or it has refused for now
 *       │                ▼
 *       └──not there── unknown: it may have happened; the bank is asked before anything is sent again
 *
 * After too many attempts it is `exhausted`, and an operator's.
 */
export type TaskState = 'ready' | 'calling' | 'unknown' | 'pending' | 'reported' | 'exhausted' | 'done'

/** A task whose turn it is, and which no other worker has. */
export interface ClaimedTask {
  /** 32 hexadecimal digits: the payment's or the refund's. */
  readonly id: string
  /** Who asked for that. */
  readonly client: number
  /** 32 hexadecimal digits, and who asked for it: of a refund, what it pays back. */
  readonly payment: string
  readonly payer: number
  readonly isRefund: boolean
  readonly rail: BankRail
  /** Minor units. */
  readonly amount: number
  readonly currency: string
  readonly reference: string | null
  readonly cardToken: string | null
  /** The customer's or merchant's account, 32 hexadecimal digits, and its owner: the key of the payment's commands. */
  readonly account: string
  readonly accountOwner: number
  readonly fingerprint: string
  readonly replyTo: string | null
  /** What it was before it was claimed. */
  readonly was: TaskState
  /** Requests to the bank, the one that comes now included. */
  readonly attempts: number
  /** Of one that is reported already. */
  readonly answer: BankAnswer | null
}

/** The bank's last word. */
export type BankAnswer =
  { readonly kind: 'settled'; readonly bankId: string } | { readonly kind: 'declined'; readonly reason: string }

/** What came of one request to the bank. */
export type CallResult =
  | BankAnswer
  /** The bank has it, and will decide later. */
  | { readonly kind: 'pending' }
  /** It has moved nothing: not reached, or refused for now. */
  | { readonly kind: 'not_done'; readonly detail: string; readonly isReached: boolean; readonly retryAfterMs?: number }
  /** Nobody knows. */
  | { readonly kind: 'unknown'; readonly detail: string }
  /** The circuit was open: nothing was asked. */
  | { readonly kind: 'not_asked' }

/** No attempt: a bank that is away for long uses up none of those that the payments waiting for it have. */
export const hasReachedNobody = (result: CallResult | undefined): boolean =>
  result?.kind === 'not_asked' || (result?.kind === 'not_done' && !result.isReached)

/** A request that was made, for the payment's history. */
export interface BankCall {
  readonly movesMoney: boolean
  readonly startedAtMs: number
  readonly durationMs: number
}
