/**
 * The way of every command into the log, once its request has been read and judged:
 *
 *     claim the key ──other body──▶ 422 idempotency_key_reused
 *        │ new, or the same body
 *        ├─ final before ──▶ 201, replayed
 *        ├─ accepted before, nobody waits ──▶ 202, replayed
 *     open a waiter, if the client wants to wait
 *     hand the command to Kafka ──queue full, Kafka away──▶ 503, never a 202
 *        │ all in-sync replicas have it
 *     mark the key accepted
 *     wait for the outcome ──another body in the ledger──▶ 422 idempotency_key_reused
 *        ├─ refused by the ledger ──▶ its problem
 *        ├─ in time ──▶ 201 with the final object; the key remembers it
 *        └─ too late, or no wait ──▶ 202 queued
 *
 * A key whose first command was never acknowledged is handed to Kafka again rather than trusted, and so is one whose
 * client waits, because the worker answers only what it reads: the ledger posts an id once, however often it comes.
 */
import { PROBLEMS, type Command, type Outcome } from '@paycluster/contracts'
import type { Clock } from '@paycluster/platform/clock'
import { latestPosition } from '@paycluster/platform/consistency/consistency-token'
import type { IdempotencyRecord } from '@paycluster/platform/idempotency/idempotency-record'
import type { OutgoingMessage } from '@paycluster/platform/kafka/topic-connection'
import { ProblemError } from '@paycluster/platform/problem-error'
import type { OutcomeWaiter, OutcomeWaiters } from '../outcomes/outcome-waiters.ts'
import type { Answer } from './answer.ts'
import type { IntakeMetrics } from './intake-metrics.ts'

/** A payment that is still in the log is posted within some 100 ms. */
const RETRY_AFTER_S = 1

/** The parts that a command passes through. */
export interface CommandIntake {
  readonly producer: { send(message: OutgoingMessage): Promise<void> }
  readonly keys: {
    claim(id: string, record: IdempotencyRecord): Promise<IdempotencyRecord | undefined>
    find(id: string): Promise<IdempotencyRecord | undefined>
    update(id: string, record: IdempotencyRecord): void
  }
  readonly replies: { readonly name: string; readonly isListening: boolean }
  readonly waiters: OutcomeWaiters
  readonly clock: Clock
  readonly metrics: IntakeMetrics
}

/** An answer, and what its body does not tell. */
export interface TakenCommand extends Answer {
  /** Of the outcome of a key's command; undefined where nobody has waited for it. */
  readonly secretHash?: string | undefined
}

/** `Omit` of a union keeps only what all of its members have. */
export type OmitOfEach<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never

/** A request that has been judged good. */
export interface Acceptance {
  readonly command: OmitOfEach<Command, 'reply_to' | 'created_at_ms'>
  /** Decides the partition: the debited account. */
  readonly partitionKey: string
  /** Whether the id stands for an idempotency key. Without one, nothing can come again. */
  readonly hasKey: boolean
  /** The 202's body for a time of acceptance in RFC 3339. */
  readonly queuedBody: (createdAt: string) => string
  /**
   * Of a command with many outcomes, their ids. Its answers are large: they are made anew for a repetition, and not
   * remembered.
   */
  readonly partIds?: readonly string[]
  readonly location: string
  /** 0 is no wait. */
  readonly waitS: number
  /** Goes with the command as Kafka headers. */
  readonly context: Readonly<Record<string, string>>
}

/**
 * Takes a command into the log.
 *
 * @throws ProblemError `idempotency_key_reused` (422) · `overloaded`, `unavailable` (503) · what the ledger refused it for
 */
export async function takeCommand(intake: CommandIntake, acceptance: Acceptance): Promise<TakenCommand> {
  const { command, hasKey } = acceptance
  const fresh = freshRecord(intake.clock.now(), acceptance)
  const earlier = hasKey ? await intake.keys.claim(command.id, fresh) : undefined
  if (earlier !== undefined && earlier.fingerprint !== fresh.fingerprint) throw reused(intake)
  const record = earlier ?? fresh
  if (record.token !== undefined) {
    intake.metrics.accepted(command.type, true)
    return finalAnswer(record.body, record.token, { location: acceptance.location, 'idempotent-replayed': 'true' })
  }
  const waiters = acceptance.waitS > 0 ? openWaiters(intake, acceptance) : undefined
  try {
    if (!record.accepted || waiters !== undefined) {
      await intake.producer.send(toMessage(acceptance, record, waiters === undefined ? undefined : intake.replies.name))
      if (hasKey && !record.accepted) intake.keys.update(command.id, { ...record, accepted: true })
    }
    intake.metrics.accepted(command.type, earlier !== undefined)
    const headers = {
      location: acceptance.location,
      ...(earlier === undefined ? {} : { 'idempotent-replayed': 'true' }),
      ...(waiters === undefined ? {} : { 'preference-applied': `wait=${acceptance.waitS}` }),
    }
    const outcomes = waiters === undefined ? undefined : await waitFor(intake, waiters, acceptance)
    if (outcomes === undefined) return { status: 202, body: queuedBodyOf(acceptance, record), headers }
    const { body, token } = finalBodyOf(acceptance, outcomes)
    if (hasKey && acceptance.partIds === undefined)
      intake.keys.update(command.id, { ...record, accepted: true, body, token })
    return { ...finalAnswer(body, token, headers), secretHash: outcomes[0]?.secret_hash }
  } finally {
    for (const waiter of waiters ?? []) waiter.close()
  }
}

/**
 * @returns every outcome; undefined when not all of them came in time
 * @throws ProblemError `idempotency_key_reused` when the ledger has the id with another body · what the worker refused it
 * for
 */
async function waitFor(
  intake: CommandIntake,
  waiters: readonly OutcomeWaiter[],
  { command, waitS }: Acceptance,
): Promise<Outcome[] | undefined> {
  const arrived = await Promise.all(waiters.map((waiter) => waiter.outcome(waitS * 1000)))
  const outcomes = arrived.filter((outcome) => outcome !== undefined)
  const isComplete = outcomes.length === waiters.length
  intake.metrics.waited(isComplete ? 'answered' : 'timed_out')
  for (const { fingerprint, problem } of outcomes) {
    if (fingerprint !== command.fingerprint) throw reused(intake)
    if (problem !== undefined) throw refusal(problem)
  }
  return isComplete ? outcomes : undefined
}

/** What was answered before, or would have been. */
const queuedBodyOf = ({ partIds, queuedBody }: Acceptance, record: IdempotencyRecord): string =>
  partIds === undefined ? record.body : queuedBody(new Date(record.created_at_ms).toISOString())

function finalBodyOf({ partIds }: Acceptance, outcomes: readonly Outcome[]): { body: string; token: string } {
  const [first] = outcomes
  if (first === undefined) throw new Error('a final answer has no outcome')
  if (partIds === undefined) return { body: JSON.stringify(first.object), token: first.token }
  const body = JSON.stringify({ data: outcomes.map(({ object }) => object) })
  return { body, token: latestPosition(outcomes.map(({ token }) => token)) }
}

function finalAnswer(body: string, token: string, headers: Readonly<Record<string, string>>): Answer {
  return { status: 201, body, headers: { ...headers, 'consistency-token': token } }
}

/** All of them, or none: an answer is final when its last part is. */
function openWaiters(
  intake: CommandIntake,
  { command, partIds = [command.id] }: Acceptance,
): OutcomeWaiter[] | undefined {
  const opened = intake.replies.isListening ? partIds.map((id) => intake.waiters.open(id)) : []
  const waiters = opened.filter((waiter) => waiter !== undefined)
  if (waiters.length === partIds.length) return waiters
  for (const waiter of waiters) waiter.close()
  intake.metrics.waited('refused')
  return undefined
}

function freshRecord(nowMs: number, { command, queuedBody, partIds }: Acceptance): IdempotencyRecord {
  return {
    client: command.client,
    fingerprint: command.fingerprint,
    created_at_ms: nowMs,
    accepted: false,
    body: partIds === undefined ? queuedBody(new Date(nowMs).toISOString()) : '{}',
  }
}

function toMessage(
  { command, partitionKey, context }: Acceptance,
  { created_at_ms }: IdempotencyRecord,
  replyTo: string | undefined,
): OutgoingMessage {
  // Undefined members, as reply_to without a wait, are not written.
  return {
    key: partitionKey,
    value: JSON.stringify({ ...command, created_at_ms, reply_to: replyTo }),
    headers: context,
  }
}

function reused(intake: CommandIntake): ProblemError {
  intake.metrics.conflict()
  return new ProblemError('idempotency_key_reused', 'This Idempotency-Key was used with another body.')
}

const refusal = ({ code, detail }: NonNullable<Outcome['problem']>): ProblemError =>
  new ProblemError(code, detail, PROBLEMS[code].retryable ? { retryAfterS: RETRY_AFTER_S } : {})
