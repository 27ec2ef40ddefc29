/** The events of a posted batch, as CloudEvents 1.0 in JSON. Repeated commands give the same events again, by id. */
import type { AccountEvent, PaymentEvent } from '@paycluster/contracts'
import { formatLsn } from '@paycluster/platform/consistency/lsn'
import type { OutgoingMessage } from '@paycluster/platform/kafka/topic-connection'
import type { CommitPosition } from '../posting/ledger-transaction.ts'
import type { AccountOutcome, CommandOutcome, PaymentOutcome } from '../posting/posted-batch.ts'

const ENVELOPE = { specversion: '1.0', source: '/payment-worker', datacontenttype: 'application/json' } as const

/**
 * The event of one outcome, keyed like its command: by the debited account.
 *
 * @param traceparent  of the command, passed on as CloudEvents' distributed tracing extension does: as a header
 */
export function toEventMessage(
  outcome: CommandOutcome,
  position: CommitPosition,
  traceparent?: string,
): OutgoingMessage {
  const event = outcome.type === 'payment' ? paymentEvent(outcome, position) : accountEvent(outcome, position)
  const key = outcome.type === 'payment' ? outcome.payment.source : outcome.account.id
  const message = { key, value: JSON.stringify(event) }
  return traceparent === undefined ? message : { ...message, headers: { traceparent } }
}

function paymentEvent({ payment, sequences }: PaymentOutcome, position: CommitPosition): PaymentEvent {
  return {
    ...ENVELOPE,
    id: `${payment.id}.${payment.version}`,
    type: payment.status === 'succeeded' ? 'payment.succeeded' : 'payment.failed',
    subject: payment.id,
    time: payment.completed_at ?? payment.created_at,
    data: {
      payment,
      accounts: sequences.map(([account_id, sequence]) => ({ account_id, sequence })),
      commit_lsn: formatLsn(position.lsn),
      timeline: position.timeline,
    },
  }
}

function accountEvent({ account }: AccountOutcome, position: CommitPosition): AccountEvent {
  return {
    ...ENVELOPE,
    id: `${account.id}.${account.revision}`,
    type: 'account.created',
    subject: account.id,
    time: account.created_at,
    data: { account, commit_lsn: formatLsn(position.lsn), timeline: position.timeline },
  }
}
