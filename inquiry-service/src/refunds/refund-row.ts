import { OPERATION_FAILURES, type OperationFailureCode, type Refund } from '@paycluster/contracts'
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
  /** These three are null where the payment is not the client's to refund. */
  readonly payer_client_id: number | null
  readonly payee_client_id: number | null
  readonly currency: string | null
  readonly lsn: string
}

/** The refund as the API shows it. */
export function toRefund(ids: IdCodec, row: RefundRow): Refund {
  return {
    id: ids.fromUuid('ref', row.id, row.client_id),
    payment: row.unknown_payment ?? ids.fromUuid('pay', row.payment_id, row.payer_client_id ?? 0),
    status: row.failure === null ? 'succeeded' : 'failed',
    amount: row.amount,
    currency: row.currency,
    reason: row.reason,
    failure: row.failure === null ? null : { code: row.failure, detail: OPERATION_FAILURES[row.failure] },
    created_at: row.created_at,
    completed_at: row.posted_at,
    version: 1,
  }
}

/** Who may see it: who asked for it, and both sides of the payment. */
export function ownersOf({ client_id, payer_client_id, payee_client_id }: RefundRow): number[] {
  const owners = [client_id, payer_client_id, payee_client_id].filter((owner) => owner !== null)
  return [...new Set(owners)]
}
