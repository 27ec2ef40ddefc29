/** What an operator's decision about a dead letter leaves to say on `payment.commands`. */
import type { DeclineCommand } from '@paycluster/contracts'
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
  const { client, rail, source, destination, counterparty, fingerprint } = task
  const payment = ids.fromUuid('pay', task.payment, client)
  const decline: DeclineCommand = {
    type: 'payment.decline',
    // No client's key has a space in it: none can take this id.
    id: ids.derive('opr', client, `discarded ${payment}`),
    code: 'bank_unavailable',
    reason: 'given up by an operator',
    payment,
    client,
    fingerprint,
    created_at_ms: createdAtMs,
  }
  const account =
    rail === 'withdrawal'
      ? ids.fromUuid('acc', source, client)
      : ids.fromUuid('acc', destination, counterparty ?? client)
  return { key: account, value: JSON.stringify(decline) }
}
