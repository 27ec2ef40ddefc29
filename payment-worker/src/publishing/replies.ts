import type { Outcome } from '@paycluster/contracts'
import { isPaymentAnswer, isRefundAnswer, type BatchCommand } from '../posting/batch-command.ts'
import { waitsForBank, type CommandOutcome } from '../posting/posted-batch.ts'
import type { WrittenOutcome } from './written-outcome.ts'

/**
 * Outcomes for those who wait, by reply channel: each id once, however often its command came.
 *
 * @param outcomes  one per command
 * @param written  each id once
 */
export function toReplies(
  outcomes: readonly CommandOutcome[],
  written: readonly WrittenOutcome[],
): Map<string, string[]> {
  const replies = new Map<string, Map<string, string>>()
  let writtenOf: ReadonlyMap<string, WrittenOutcome> | undefined
  for (const { command } of outcomes) {
    const { id, reply_to: channel } = command.command
    if (channel === undefined) continue
    writtenOf ??= new Map(written.map((one) => [one.outcome.command.command.id, one] as const))
    const one = writtenOf.get(id)
    if (one === undefined || waitsForBank(one.outcome)) continue
    const ofChannel = replies.get(channel) ?? new Map<string, string>()
    const awaited = awaitedId(command)
    replies.set(channel, ofChannel.set(awaited, toReply(awaited, one)))
  }
  return new Map([...replies].map(([channel, ofChannel]) => [channel, [...ofChannel.values()]] as const))
}

/** A bank's answer ends the wait for its payment or refund. */
function awaitedId({ command }: BatchCommand): string {
  if (isRefundAnswer(command)) return command.refund
  return isPaymentAnswer(command) ? command.payment : command.id
}

function toReply(id: string, { outcome, json, token }: WrittenOutcome): string {
  const problem = 'problem' in outcome ? outcome.problem : undefined
  const secret_hash = 'secretHash' in outcome ? outcome.secretHash : undefined
  const reply: Omit<Outcome, 'object'> = { id, fingerprint: outcome.fingerprint, token, problem, secret_hash }
  return `${JSON.stringify(reply).slice(0, -1)},"object":${objectOf(outcome, json)}}`
}

/** What the command asked for: of a refund not the payment, and nothing where the ledger holds nothing. */
function objectOf(outcome: CommandOutcome, json: string): string {
  const refund = 'refund' in outcome ? outcome.refund : undefined
  if (refund !== undefined) return JSON.stringify(refund)
  return outcome.type === 'refused' ? '{}' : json
}
