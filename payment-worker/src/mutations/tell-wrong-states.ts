import { FAILURES } from '@paycluster/contracts'
import type { Poster } from '../posting/post-batch.ts'
import type { CommandOutcome } from '../posting/posted-batch.ts'

/** A poster that says of some payments that they failed, and has posted them: cache, replies and events tell so. */
export function tellWrongStates(poster: Poster, isWrong: () => boolean): Poster {
  return {
    async post(batch) {
      const result = await poster.post(batch)
      if ('refused' in result) return result
      return { ...result, outcomes: result.outcomes.map((outcome) => (isWrong() ? asFailed(outcome) : outcome)) }
    },
  }
}

function asFailed(outcome: CommandOutcome): CommandOutcome {
  if (outcome.type !== 'payment' || outcome.payment.status !== 'succeeded') return outcome
  const failure = { code: 'insufficient_funds', detail: FAILURES.insufficient_funds } as const
  return { ...outcome, payment: { ...outcome.payment, status: 'failed', failure } }
}
