import { refundEnd, type OperationFailureCode, type Refund, type RefundSettlement } from '@paycluster/contracts'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'

/** A refund as the ledger holds it, with the owners of its payment. */
export interface RefundRow {
  /** 32 hexadecimal digits. */
  readonly id: string
  /** Who asked for it. */
  readonly client_id: number
  readonly payment_id: string
  /** The payment as the client wrote it, where that is not its to refund. */
  readonly unknown_payment: string | null
  readonly failure: OperationFailureCode | null
  readonly amount: number | null
  readonly reason: string | null
  readonly created_at: string
  readonly posted_at: string
  /** How it stands with the bank, of a refund in which one has a part, and when that had answered. */
  readonly settlement: RefundSettlement | null
  readonly settled_at: string | null
  /** These three are null where the payment is not the client's to refund. */
  readonly payer_client_id: number | null
  readonly payee_client_id: number | null
  readonly currency: string | null
  readonly lsn: string
}

/** The refund as the API shows it. */
export function toRefund(ids: IdCodec, row: RefundRow): Refund {
  const { settlement, settled_at } = row
  const end = refundEnd(row.failure, settlement)
  return {
    id: ids.fromUuid('ref', row.id, row.client_id),
    payment: row.unknown_payment ?? ids.fromUuid('pay', row.payment_id, row.payer_client_id ?? 0),
    ...end,
    amount: row.amount,
    currency: row.currency,
    reason: row.reason,
    created_at: row.created_at,
    completed_at: end.status === 'processing' ? null : (settled_at ?? row.posted_at),
    version: settled_at === null ? 1 : 2,
  }
}

/** Who may see it: who asked for it, and both sides of the payment. */
export function ownersOf({ client_id, payer_client_id, payee_client_id }: RefundRow): number[] {
  const owners = [client_id, payer_client_id, payee_client_id].filter((owner) => owner !== null)
  return [...new Set(owners)]
}
