/** The events of a posted batch, as CloudEvents 1.0 in JSON. Repeated commands give the same events again, by id. */
import type { AccountEvent, PaymentEvent } from '@paycluster/contracts'
import { formatLsn } from '@paycluster/platform/consistency/lsn'
import type { OutgoingMessage } from '@paycluster/platform/kafka/topic-connection'
import type { CommitPosition } from '../posting/ledger-transaction.ts'
import type { AccountOutcome, PaymentOutcome } from '../posting/posted-batch.ts'
import type { WrittenOutcome } from './written-outcome.ts'

const ENVELOPE = { specversion: '1.0', source: '/payment-worker', datacontenttype: 'application/json' } as const

/**
 * The event of one outcome, keyed like its command: by the debited account.
 *
 * @param traceparent  of the command, passed on as CloudEvents' distributed tracing extension does: as a header
 */
export function toEventMessage(
  { outcome, json }: WrittenOutcome,
  position: CommitPosition,
  traceparent?: string,
): OutgoingMessage {
  const isPayment = outcome.type === 'payment'
  const event = isPayment ? paymentEvent(outcome, position) : accountEvent(outcome, position)
  const key = isPayment ? outcome.payment.source : outcome.account.id
  const value = withObject(event, outcome.type, json)
  return traceparent === undefined ? { key, value } : { key, value, headers: { traceparent } }
}

/** An event but for its object, whose text is there already. */
type Around<E extends { data: object }, K extends keyof E['data']> = Omit<E, 'data'> & { data: Omit<E['data'], K> }

/** @param event  its last member is `data` */
const withObject = (event: object, name: string, json: string): string =>
  `${JSON.stringify(event).slice(0, -2)},"${name}":${json}}}`

function paymentEvent(
  { payment, sequences }: PaymentOutcome,
  position: CommitPosition,
): Around<PaymentEvent, 'payment'> {
  return {
    ...ENVELOPE,
    id: `${payment.id}.${payment.version}`,
    type: payment.status === 'succeeded' ? 'payment.succeeded' : 'payment.failed',
    subject: payment.id,
    time: payment.completed_at ?? payment.created_at,
    data: {
      accounts: sequences.map(([account_id, sequence]) => ({ account_id, sequence })),
      commit_lsn: formatLsn(position.lsn),
      timeline: position.timeline,
    },
  }
}

function accountEvent({ account }: AccountOutcome, position: CommitPosition): Around<AccountEvent, 'account'> {
  return {
    ...ENVELOPE,
    id: `${account.id}.${account.revision}`,
    type: 'account.created',
    subject: account.id,
    time: account.created_at,
    data: { commit_lsn: formatLsn(position.lsn), timeline: position.timeline },
  }
}
