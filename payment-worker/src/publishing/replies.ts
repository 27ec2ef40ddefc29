import type { Outcome } from '@paycluster/contracts'
import type { PostedBatch } from '../posting/posted-batch.ts'
import { tokenOf } from './cache-entries.ts'

/** Outcomes for those who wait, by reply channel: each id once, however often its command came. */
export function toReplies({ position, outcomes }: PostedBatch): Map<string, Outcome[]> {
  const replies = new Map<string, Map<string, Outcome>>()
  for (const outcome of outcomes) {
    const { id, reply_to: channel } = outcome.command.command
    if (channel === undefined) continue
    const ofChannel = replies.get(channel) ?? new Map<string, Outcome>()
    replies.set(channel, ofChannel)
    if (ofChannel.has(id)) continue
    const object = outcome.type === 'payment' ? outcome.payment : outcome.account
    const { fingerprint } = outcome
    ofChannel.set(id, { id, object: { ...object }, fingerprint, token: tokenOf(outcome, position) })
  }
  return new Map([...replies].map(([channel, ofChannel]) => [channel, [...ofChannel.values()]] as const))
}
