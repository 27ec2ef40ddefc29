/** The events of a posted batch, as CloudEvents 1.0 in JSON. Repeated commands give the same events again, by id. */
import type {
  AccountEvent,
  ClientEvent,
  DeadLetterEvent,
  KeyEvent,
  LimitEvent,
  OperationKind,
  PaymentEvent,
  PaymentStatus,
  Refund,
  RefundEvent,
  TermsEvent,
} from '@paycluster/contracts'
import { formatLsn } from '@paycluster/platform/consistency/lsn'
import { isoTime } from '@paycluster/platform/iso-time'
import type { OutgoingMessage } from '@paycluster/platform/kafka/topic-connection'
import type { CommitPosition } from '../posting/ledger-transaction.ts'
import type {
  AccessOutcome,
  AccountOutcome,
  CommandOutcome,
  LetterOutcome,
  LimitOutcome,
  OperationOutcome,
  PaymentOutcome,
  RefusedOutcome,
  TakenSequences,
} from '../posting/posted-batch.ts'
import type { WrittenOutcome } from './written-outcome.ts'

const ENVELOPE = { specversion: '1.0', source: '/payment-worker', datacontenttype: 'application/json' } as const

/**
 * The event of one outcome, keyed like its command: by the debited account. None for what changed nothing.
 *
 * @param traceparent  of the command, passed on as CloudEvents' distributed tracing extension does: as a header
 */
export function toEventMessage(
  { outcome, json }: WrittenOutcome,
  position: CommitPosition,
  traceparent?: string,
): OutgoingMessage | [] {
  const value = eventText(outcome, json, position)
  if (value === undefined || outcome.type === 'refused') return []
  const key = keyOf(outcome)
  return traceparent === undefined ? { key, value } : { key, value, headers: { traceparent } }
}

function keyOf(outcome: Exclude<CommandOutcome, RefusedOutcome>): string {
  if (outcome.type === 'limits') return outcome.limits.account
  if (outcome.type === 'access') return `client_${outcome.client}`
  if (outcome.type === 'letter') return outcome.letter.id
  return outcome.type === 'account' ? outcome.account.id : outcome.payment.source
}

function eventText(outcome: CommandOutcome, json: string, position: CommitPosition): string | undefined {
  switch (outcome.type) {
    case 'payment':
      return withObject(paymentEvent(outcome, TYPE_OF_NEW[outcome.payment.status], position), 'payment', json)
    case 'account':
      return withObject(accountEvent(outcome, position), 'account', json)
    case 'operation':
      if (outcome.refund !== undefined)
        return withObject(refundEvent(outcome, outcome.refund, position), 'payment', json)
      if (outcome.problem !== undefined) return undefined
      return withObject(paymentEvent(outcome, TYPE_OF_OPERATION[outcome.operation], position), 'payment', json)
    case 'limits':
      return withObject(limitEvent(outcome, position), 'limits', json)
    case 'access':
      if (!outcome.hasChanged) return undefined
      return withObject(accessEvent(outcome, position), subjectsOf(outcome).kind, json)
    case 'letter':
      return withObject(letterEvent(outcome, position), 'dead_letter', json)
    case 'refused':
      return undefined
  }
}

const TYPE_OF_NEW: Readonly<Partial<Record<PaymentStatus, PaymentEvent['type']>>> = {
  processing: 'payment.processing',
  requires_capture: 'payment.requires_capture',
  succeeded: 'payment.succeeded',
  failed: 'payment.failed',
}
const TYPE_OF_OPERATION: Readonly<Partial<Record<OperationKind, PaymentEvent['type']>>> = {
  capture: 'payment.captured',
  cancel: 'payment.canceled',
  expire: 'payment.expired',
  settle: 'payment.succeeded',
  decline: 'payment.failed',
}

const TYPE_OF_REFUND: Readonly<Partial<Record<Refund['status'], RefundEvent['type']>>> = {
  processing: 'refund.processing',
  succeeded: 'refund.succeeded',
  failed: 'refund.failed',
}

/** An event but for its object, whose text is there already. */
type Around<E extends { data: object }, K extends keyof E['data']> = Omit<E, 'data'> & { data: Omit<E['data'], K> }

/** @param event  its last member is `data` */
const withObject = (event: object, name: string, json: string): string =>
  `${JSON.stringify(event).slice(0, -2)},"${name}":${json}}}`

function paymentEvent(
  { payment, sequences }: PaymentOutcome | OperationOutcome,
  type: PaymentEvent['type'] | undefined,
  position: CommitPosition,
): Around<PaymentEvent, 'payment'> {
  if (type === undefined) throw new Error(`a payment that is ${payment.status} has no event`)
  return {
    ...ENVELOPE,
    id: `${payment.id}.${payment.version}`,
    type,
    subject: payment.id,
    time: payment.completed_at ?? payment.created_at,
    data: { accounts: accountsOf(sequences), ...commitOf(position) },
  }
}

function refundEvent(
  { sequences }: OperationOutcome,
  refund: Refund,
  position: CommitPosition,
): Around<RefundEvent, 'payment'> {
  const type = TYPE_OF_REFUND[refund.status]
  if (type === undefined) throw new Error(`a refund that is ${refund.status} has no event`)
  return {
    ...ENVELOPE,
    id: `${refund.id}.${refund.version}`,
    type,
    subject: refund.id,
    time: refund.completed_at ?? refund.created_at,
    data: { refund, accounts: accountsOf(sequences), ...commitOf(position) },
  }
}

function accountEvent(
  { account, change, reason, command }: AccountOutcome,
  position: CommitPosition,
): Around<AccountEvent, 'account'> {
  return {
    ...ENVELOPE,
    id: `${account.id}.${account.revision}`,
    type: `account.${change}`,
    subject: account.id,
    time: change === 'created' ? account.created_at : isoTime(command.command.created_at_ms),
    data: { reason, ...commitOf(position) },
  }
}

function limitEvent(
  { limits, reason, askedBy, command }: LimitOutcome,
  position: CommitPosition,
): Around<LimitEvent, 'limits'> {
  return {
    ...ENVELOPE,
    id: `${limits.account}.${limits.revision}`,
    type: 'account.limited',
    subject: limits.account,
    time: isoTime(command.command.created_at_ms),
    data: { reason, asked_by: { client_id: askedBy.client, key_id: askedBy.key }, ...commitOf(position) },
  }
}

function letterEvent({ letter }: LetterOutcome, position: CommitPosition): Around<DeadLetterEvent, 'dead_letter'> {
  const { resolved_by, resolved_at } = letter
  if (resolved_by === null || resolved_at === null) throw new Error(`nobody closed ${letter.id}`)
  return {
    ...ENVELOPE,
    id: `dead_letter_${letter.id}.${letter.version}`,
    type: letter.state === 'replayed' ? 'dead_letter.replayed' : 'dead_letter.discarded',
    subject: letter.id,
    time: resolved_at,
    data: { asked_by: resolved_by, ...commitOf(position) },
  }
}

/** What an event of a client, its terms or a key is about. A key's secrets are counted by its version, and it is revoked once. */
function subjectsOf({ change, object, client }: AccessOutcome): { kind: string; id: string; state: string | number } {
  if (change === 'client.created') return { kind: 'client', id: String(client), state: 1 }
  if ('revision' in object) return { kind: 'terms', id: String(client), state: object.revision }
  if (!('version' in object)) throw new Error(`${change} left no key`)
  return { kind: 'key', id: object.id, state: change === 'key.revoked' ? 'revoked' : object.version }
}

/** Of a client, its terms and a key alike. */
function accessEvent(
  outcome: AccessOutcome,
  position: CommitPosition,
): Omit<Around<KeyEvent, 'key'>, 'type'> & Pick<ClientEvent | TermsEvent | KeyEvent, 'type'> {
  const { change, reason, askedBy, atMs } = outcome
  const { kind, id, state } = subjectsOf(outcome)
  const subject = `${kind}_${id}`
  return {
    ...ENVELOPE,
    id: `${subject}.${state}`,
    type: change,
    subject,
    time: isoTime(atMs),
    data: { asked_by: { client_id: askedBy.client, key_id: askedBy.key }, reason, ...commitOf(position) },
  }
}

const accountsOf = (sequences: TakenSequences) => sequences.map(([account_id, sequence]) => ({ account_id, sequence }))

const commitOf = ({ lsn, timeline }: CommitPosition) => ({ commit_lsn: formatLsn(lsn), timeline })
