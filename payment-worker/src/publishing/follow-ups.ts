/** What an operator's decision about a dead letter leaves to say on `payment.commands`. */
import type { DeclineCommand, DeclineRefundCommand } from '@paycluster/contracts'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import type { Message } from 'kafkajs'
import { replayHeaders } from '../dead-letters/dead-letter.ts'
import type { TaskLetterRow } from '../posting/letters/letter-state.ts'
import type { LetterOutcome } from '../posting/posted-batch.ts'

/**
 * A command that is tried again, byte by byte and where it stood; the end of a payment whose bank task is given up. Said
 * again, both come to the same: the ledger has their ids.
 */
export function toFollowUp(ids: IdCodec, { letter, origin, command }: LetterOutcome): Message | [] {
  if (origin.kind === 'bank_task')
    return letter.state === 'discarded' ? declineOf(ids, origin, command.command.created_at_ms) : []
  if (letter.state === 'discarded') return []
  const { key, payload, partition, id, attempts } = origin
  return { key, value: payload, partition, headers: replayHeaders(id, attempts) }
}

function declineOf(ids: IdCodec, task: TaskLetterRow, createdAtMs: number): Message {
  const { client, rail, source, destination, counterparty } = task
  const decline = { ...whatIsGivenUp(ids, task), created_at_ms: createdAtMs }
  const account =
    rail === 'withdrawal'
      ? ids.fromUuid('acc', source, client)
      : ids.fromUuid('acc', destination, counterparty ?? client)
  return { key: account, value: JSON.stringify(decline) }
}

type Decline = DeclineCommand | DeclineRefundCommand

function whatIsGivenUp(ids: IdCodec, task: TaskLetterRow): OmitOfEach<Decline, 'created_at_ms'> {
  const { client, fingerprint } = task
  const payment = ids.fromUuid('pay', task.payment, client)
  const common = { code: 'bank_unavailable', reason: 'given up by an operator', payment } as const
  // No client's key has a space in it: none can take these ids.
  const idOf = (owner: number, what: string): string => ids.derive('opr', owner, `discarded ${what}`)
  if (task.refund === null)
    return { ...common, type: 'payment.decline', id: idOf(client, payment), client, fingerprint }
  const refund = ids.fromUuid('ref', task.task, task.refund.client)
  return { ...common, type: 'refund.decline', id: idOf(task.refund.client, refund), refund, ...task.refund }
}

type OmitOfEach<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never
