/** What came of an act, as whoever asked for it was told. */
import { ApiError, DeadlineError, NoAnswerError, UnexpectedAnswerError } from '@paycluster/client'
import type { ActKind } from '../planning/act.ts'

/**
 * `done`      it is in the ledger, or was read
 * `accepted`  it will be in the ledger: it was not within the wait
 * `failed`    it is in the ledger as failed, such as for lack of funds
 * `refused`   the API did not take it: 4xx
 * `unanswered`  no answer, or 5xx, also after it was asked again
 * `skipped`   it was not sent: too much was in flight, or what it was about is not there
 */
export const OUTCOMES = ['done', 'accepted', 'failed', 'refused', 'unanswered', 'skipped'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** A payment that the cluster has. */
export interface MadePayment {
  readonly id: string
  readonly outcome: Extract<Outcome, 'done' | 'accepted' | 'failed'>
  /** Of a failure. */
  readonly code?: string
}

export interface ActResult {
  readonly outcome: Outcome
  /** Why it is not done: a failure's or a problem's code, or why it was skipped. */
  readonly code?: string
  /** What the act made: one, and of a batch several. */
  readonly payments: readonly MadePayment[]
  /** A refund that the cluster has. */
  readonly refund?: string
}

export const skipped = (code: string): ActResult => ({ outcome: 'skipped', code, payments: [] })

/** Failures and refusals that a scenario is made to cause: all others are unexpected. */
const EXPECTED_CODES = new Set([
  'insufficient_funds',
  'account_blocked',
  'bank_declined',
  'limit_exceeded',
  // Of a payment that failed, or that a slow cluster has not posted within the wait.
  'payment_not_refundable',
  'payment_queued',
  'hold_expired',
])

/** Whether something is wrong with the cluster, or with the generator. A `skipped` act says nothing of either. */
export const isUnexpected = ({ outcome, code }: Pick<ActResult, 'outcome' | 'code'>): boolean =>
  outcome === 'unanswered' || ((outcome === 'failed' || outcome === 'refused') && !EXPECTED_CODES.has(code ?? ''))

/** @throws what is no error of a call */
export function resultOfError(error: unknown): ActResult {
  if (error instanceof ApiError)
    return { outcome: error.status < 500 ? 'refused' : 'unanswered', code: error.code, payments: [] }
  if (error instanceof DeadlineError && error.cause instanceof ApiError) return resultOfError(error.cause)
  if (error instanceof NoAnswerError) return { outcome: 'unanswered', code: 'no_answer', payments: [] }
  if (error instanceof UnexpectedAnswerError)
    return { outcome: 'unanswered', code: `status_${error.status}`, payments: [] }
  throw error
}

/** The acts that make payments. */
export const makesPayments = (kind: ActKind): boolean =>
  ['payment', 'hold', 'deposit', 'withdrawal', 'card_payment', 'batch'].includes(kind)
