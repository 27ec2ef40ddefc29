import type { Outcome } from '@paycluster/contracts'
import { isConflict, type PostedBatch } from '../posting/posted-batch.ts'
import { tokenOf } from './cache-entries.ts'

/** Outcomes for those who wait, one array for each reply channel. */
export function toReplies({ position, outcomes }: PostedBatch): Map<string, Outcome[]> {
  const replies = new Map<string, Outcome[]>()
  for (const outcome of outcomes) {
    const channel = outcome.command.command.reply_to
    if (channel === undefined) continue
    const object = outcome.type === 'payment' ? outcome.payment : outcome.account
    const reply: Outcome = {
      id: outcome.command.command.id,
      object: { ...object },
      token: tokenOf(outcome, position),
      ...(isConflict(outcome) ? { conflict: true } : {}),
    }
    const channelReplies = replies.get(channel)
    if (channelReplies === undefined) replies.set(channel, [reply])
    else channelReplies.push(reply)
  }
  return replies
}
