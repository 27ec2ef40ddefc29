import type {
  BankRail,
  FailureCode,
  OperationFailureCode,
  OperationKind,
  PaymentStatus,
  TimelineEntry,
} from '@paycluster/contracts'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import type { PaymentOwners } from '../payments/payment-part.ts'
import type { RefundRow } from '../refunds/refund-row.ts'

/** A request to a bank. */
type BankEvent = 'bank_request' | 'bank_check'

/** A payment, and one operation on it if there is one. */
export interface TimelineRow extends PaymentOwners {
  readonly amount: number
  readonly failure: FailureCode | null
  readonly is_held: boolean
  readonly rail: BankRail | null
  /** Of the payment after its posting, when a bank was still to answer. */
  readonly has_bank_answered: boolean
  readonly created_at: string
  readonly posted_at: string
  /** 32 hexadecimal digits; null in a row without an operation, like the rest of it. */
  readonly operation_id: string | null
  readonly client_id: number | null
  readonly kind: OperationKind | BankEvent | null
  readonly operation_failure: OperationFailureCode | null
  readonly operation_amount: number | null
  readonly reason: string | null
  readonly operation_posted_at: string | null
  /** The refund that it is, or is about, and who asked for that. */
  readonly refund_id: string | null
  readonly refund_client_id: number | null
  readonly refund_settlement: RefundRow['settlement']
  readonly lsn: string
}

/** A row with an operation. */
export type OperationTimelineRow = TimelineRow & {
  readonly [K in 'operation_id' | 'client_id' | 'kind' | 'operation_posted_at']: NonNullable<TimelineRow[K]>
}

export const hasOperation = (row: TimelineRow): row is OperationTimelineRow => row.operation_id !== null

/** None where the payment stays as it was. */
const STATUS_AFTER: Readonly<Record<OperationKind | BankEvent, PaymentStatus | null>> = {
  capture: 'succeeded',
  refund: 'succeeded',
  settle_refund: 'succeeded',
  decline_refund: 'succeeded',
  cancel: 'canceled',
  expire: 'expired',
  settle: 'succeeded',
  decline: 'failed',
  bank_request: null,
  bank_check: null,
}

/** What an operation did to its payment. */
export function toOperationEntry(ids: IdCodec, row: OperationTimelineRow): TimelineEntry {
  const { kind, operation_failure: failure } = row
  return {
    at: row.operation_posted_at,
    event: kind,
    actor: actorOf(row),
    status: failure === null ? STATUS_AFTER[kind] : null,
    amount: row.operation_amount,
    refund: row.refund_id === null ? null : ids.fromUuid('ref', row.refund_id, row.refund_client_id ?? 0),
    cause: failure ?? row.reason,
  }
}

/** Of one client that is on both sides nobody can tell which it was: it asked as the payee, whose money it is. */
function actorOf(row: OperationTimelineRow): TimelineEntry['actor'] {
  switch (row.kind) {
    case 'expire':
    case 'bank_request':
    case 'bank_check':
      return 'cluster'
    case 'settle':
    case 'settle_refund':
      return 'bank'
    // No bank says of itself that it does not answer: its dead letter was discarded.
    case 'decline':
      return row.failure === 'bank_unavailable' ? 'operator' : 'bank'
    case 'decline_refund':
      return row.refund_settlement === 'bank_unavailable' ? 'operator' : 'bank'
    case 'capture':
    case 'cancel':
    case 'refund':
      return row.client_id === row.payee_client_id ? 'payee' : 'payer'
  }
}

/** How the payment came to be: at the end of the list, which goes backwards. */
export function toFirstEntries(row: TimelineRow): TimelineEntry[] {
  const { amount, created_at, posted_at } = row
  const entry = { amount, refund: null } as const
  const status = firstStatus(row)
  const failure = status === 'failed' ? row.failure : null
  return [
    { at: posted_at, event: 'posted', actor: 'cluster', status, ...entry, cause: failure },
    { at: created_at, event: 'accepted', actor: 'payer', status: 'queued', ...entry, cause: null },
  ]
}

function firstStatus({ failure, is_held, rail, has_bank_answered }: TimelineRow): PaymentStatus {
  if (rail !== null && (failure === null || has_bank_answered)) return 'processing'
  if (failure !== null) return 'failed'
  return is_held ? 'requires_capture' : 'succeeded'
}
