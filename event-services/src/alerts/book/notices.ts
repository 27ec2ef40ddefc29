/** Who is told when: the steps of a rule, one after the other, and the last one again for a bounded number of times. */
import type { AlertChannel, AlertNotice } from '@paycluster/contracts'
import type { Repeat, Step } from '../rules/rule.ts'

export interface Plan {
  readonly escalation: readonly Step[]
  readonly repeat: Repeat | null
}

export interface Notice {
  readonly kind: Exclude<AlertNotice, 'resolved'>
  readonly channels: readonly AlertChannel[]
}

/** @param given  how many notices there were before @returns undefined when there are no more */
export function noticeOf({ escalation, repeat }: Plan, given: number): Notice | undefined {
  const step = escalation[given]
  if (step !== undefined) return { kind: given === 0 ? 'raised' : 'escalated', channels: step.notify }
  const last = escalation.at(-1)
  return repeat !== null && last !== undefined && given - escalation.length < repeat.atMost
    ? { kind: 'repeated', channels: last.notify }
    : undefined
}

/**
 * When the next notice is due. One that could not be given in time, since there was a silence, is given now; those that
 * follow it keep their distance.
 *
 * @param given  how many notices there were before
 * @returns undefined when there are no more
 */
export function nextNoticeAtMs(plan: Plan, given: number, firedAtMs: number, nowMs: number): number | undefined {
  if (noticeOf(plan, given) === undefined) return undefined
  const step = plan.escalation[given]
  if (step === undefined) return nowMs + (plan.repeat?.everyMs ?? 0)
  const before = plan.escalation[given - 1]
  return before === undefined ? Math.max(firedAtMs + step.afterMs, nowMs) : nowMs + step.afterMs - before.afterMs
}
