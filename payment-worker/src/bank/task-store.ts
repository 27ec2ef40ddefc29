import type { Pool } from 'pg'
import { isoTime } from '@paycluster/platform/iso-time'
import { loadText } from '@paycluster/platform/load-text'
import {
  hasReachedNobody,
  type BankAnswer,
  type BankCall,
  type CallResult,
  type ClaimedTask,
  type TaskState,
} from './bank-task.ts'

const CLAIM_TASKS = { name: 'claim-tasks', text: loadText(import.meta.url, './claim-tasks.sql') }
const MAKE_DUE = {
  name: 'make-tasks-due',
  text: `UPDATE payment_tasks SET due_at = clock_timestamp(), updated_at = clock_timestamp()
         WHERE id = ANY ($1::uuid[]) AND state = 'pending' AND due_at > clock_timestamp()`,
}
const FINISH_CLAIMS = { name: 'finish-claims', text: loadText(import.meta.url, './finish-claims.sql') }

interface ClaimRow {
  readonly id: string
  readonly payment_id: string
  /** Of a refund: who asked for it. */
  readonly refund_client_id: number | null
  readonly was: TaskState
  readonly attempts: number
  readonly card_token: string | null
  readonly reply_to: string | null
  readonly answer: 'settled' | 'declined' | null
  readonly reason: string | null
  readonly client_id: number
  readonly counterparty_client_id: number | null
  readonly source_id: string
  readonly destination_id: string
  readonly rail: ClaimedTask['rail']
  readonly amount: number
  readonly currency: string
  readonly reference: string | null
  readonly fingerprint: string
}

/** What becomes of a task in hand. */
export interface FinishedClaim {
  readonly task: ClaimedTask
  readonly state: Exclude<TaskState, 'calling' | 'done'>
  /** When something is to be done about it again. */
  readonly dueMs: number
  /** What came of it; undefined for an answer that was reported again. */
  readonly result: CallResult | undefined
  /** The request that was made, if one was. */
  readonly call: BankCall | undefined
}

/** The tasks of the ledger. */
export class TaskStore {
  readonly #pool: Pool

  /** @param pool  to the primary, as `payments_worker` */
  constructor(pool: Pool) {
    this.#pool = pool
  }

  /** @throws DatabaseError */
  async claim(most: number, leaseMs: number): Promise<ClaimedTask[]> {
    const { rows } = await this.#pool.query<ClaimRow>({ ...CLAIM_TASKS, values: [most, leaseMs] })
    return rows.map(toTask)
  }

  /** What waits for the bank's decision is due now. @param tasks  32 hexadecimal digits each @throws DatabaseError */
  async makeDue(tasks: readonly string[]): Promise<void> {
    await this.#pool.query({ ...MAKE_DUE, values: [tasks] })
  }

  /** @throws DatabaseError */
  async finish(claims: readonly FinishedClaim[]): Promise<void> {
    const calls = claims.flatMap(({ task, result, call }) =>
      call === undefined || result === undefined ? [] : [{ task, result, call }],
    )
    const answers = claims.map(({ task, state, result }) =>
      state === 'reported' ? (answerOf(result) ?? task.answer) : null,
    )
    await this.#pool.query({
      ...FINISH_CLAIMS,
      values: [
        claims.map(({ task }) => task.id),
        claims.map(({ task }) => task.attempts),
        claims.map(({ state }) => state),
        claims.map(({ dueMs }) => dueMs),
        claims.map(({ result }) => (hasReachedNobody(result) ? 1 : 0)),
        answers.map((answer) => answer?.kind ?? null),
        answers.map((answer) => (answer === null ? null : reasonOf(answer))),
        claims.map(({ result }) => errorOf(result)),
        calls.map(({ task }) => task.payment),
        calls.map(({ call }) => call.movesMoney),
        calls.map(({ task }) => task.attempts),
        calls.map(({ result }) => result.kind),
        calls.map(({ result }) => detailOf(result)),
        calls.map(({ call }) => isoTime(call.startedAtMs)),
        calls.map(({ call }) => Math.round(call.durationMs)),
        calls.map(({ task }) => (task.isRefund ? task.id : null)),
      ],
    })
  }
}

function toTask(row: ClaimRow): ClaimedTask {
  const isWithdrawal = row.rail === 'withdrawal'
  return {
    id: row.id,
    client: row.refund_client_id ?? row.client_id,
    payment: row.payment_id,
    payer: row.client_id,
    isRefund: row.refund_client_id !== null,
    rail: row.rail,
    amount: row.amount,
    currency: row.currency,
    reference: row.reference,
    cardToken: row.card_token,
    account: isWithdrawal ? row.source_id : row.destination_id,
    accountOwner: isWithdrawal ? row.client_id : (row.counterparty_client_id ?? row.client_id),
    fingerprint: row.fingerprint,
    replyTo: row.reply_to,
    was: row.was,
    attempts: row.attempts,
    answer: toAnswer(row),
  }
}

function toAnswer({ answer, reason }: ClaimRow): BankAnswer | null {
  if (answer === null) return null
  return answer === 'settled'
    ? { kind: 'settled', bankId: reason ?? '' }
    : { kind: 'declined', reason: reason ?? 'declined' }
}

const answerOf = (result: CallResult | undefined): BankAnswer | undefined =>
  result?.kind === 'settled' || result?.kind === 'declined' ? result : undefined

const reasonOf = (answer: BankAnswer): string => (answer.kind === 'settled' ? answer.bankId : answer.reason)

const errorOf = (result: CallResult | undefined): string | null =>
  result?.kind === 'not_done' || result?.kind === 'unknown' ? result.detail : null

const detailOf = (result: CallResult): string | null => {
  const answer = answerOf(result)
  return answer === undefined ? errorOf(result) : reasonOf(answer)
}
