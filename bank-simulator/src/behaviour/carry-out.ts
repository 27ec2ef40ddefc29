/** Does with a request what was planned for it. */
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyReply } from 'fastify'
import { BankProblem } from '../http/bank-problem.ts'
import type { Outcome, Verdict } from '../operations/operation.ts'
import type { Behaviour } from './behaviour.ts'
import type { PlannedBehaviour } from './behaviours.ts'

/** Longer than any client waits. */
const HOLD_MS = 120_000

/**
 * Fails as planned, or does the work and hands back what it gave, after the time that it takes. The work is done at
 * once and answered later, so that a client which gives up meanwhile finds it done.
 *
 * @param work  undefined verdict: whatever the request itself deserves
 * @returns undefined when the request gets no answer: the reply is not to be touched then
 * @throws BankProblem
 */
export async function carryOut<T>(
  reply: FastifyReply,
  { behaviour, latencyMs }: PlannedBehaviour,
  work: (verdict: Verdict | undefined) => Promise<T>,
): Promise<T | undefined> {
  switch (behaviour.kind) {
    case 'timeout':
      await hold(reply)
      return undefined
    case 'success_then_timeout':
      await work(undefined)
      await hold(reply)
      return undefined
    case 'connection_reset':
      await delay(latencyMs)
      reply.hijack()
      reply.raw.socket?.resetAndDestroy()
      return undefined
    case 'http_400':
    case 'http_500':
    case 'http_503':
    case 'rate_limited':
      await delay(latencyMs)
      throw failureOf(behaviour)
    case 'settle':
    case 'decline':
    case 'pending': {
      const [done] = await Promise.all([work(verdictOf(behaviour)), delay(latencyMs)])
      return done
    }
  }
}

/** Keeps the connection open and silent until the client goes away. */
async function hold(reply: FastifyReply): Promise<void> {
  reply.hijack()
  const { raw } = reply
  if (raw.destroyed) return
  const timer = setTimeout(() => raw.destroy(), HOLD_MS)
  await once(raw, 'close')
  clearTimeout(timer)
}

type Refusal = Extract<Behaviour, { kind: 'http_400' | 'http_500' | 'http_503' | 'rate_limited' }>

function failureOf(behaviour: Refusal): BankProblem {
  switch (behaviour.kind) {
    case 'http_400':
      return new BankProblem('bad_request', 'The bank does not take this request.')
    case 'http_500':
      return new BankProblem('internal_error', 'The bank failed.')
    case 'http_503':
      return new BankProblem('unavailable', 'The bank is busy.', { retryAfterS: behaviour.retry_after_s })
    case 'rate_limited':
      return new BankProblem('rate_limited', 'Too many requests.', { retryAfterS: behaviour.retry_after_s })
  }
}

function verdictOf(behaviour: Extract<Behaviour, { kind: 'settle' | 'decline' | 'pending' }>): Verdict | undefined {
  switch (behaviour.kind) {
    case 'settle':
      return undefined
    case 'decline':
      return { outcome: { status: 'declined', reason: behaviour.reason } }
    case 'pending':
      return { outcome: pendingOutcome(behaviour.decline_reason), afterMs: behaviour.settle_after_ms }
  }
}

const pendingOutcome = (reason: string | undefined): Outcome =>
  reason === undefined ? { status: 'settled' } : { status: 'declined', reason }
