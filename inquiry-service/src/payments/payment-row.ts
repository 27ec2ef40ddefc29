import { FAILURES, type BankRail, type Card, type FailureCode, type Payment } from '@paycluster/contracts'
import { payerOf } from '@paycluster/platform/ids/house-accounts'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'

/** A payment as the ledger holds it. */
export interface PaymentRow {
  /** 32 hexadecimal digits. */
  readonly id: string
  readonly client_id: number
  readonly counterparty_client_id: number | null
  /** The destination as the client wrote it, where no account has that id. */
  readonly unknown_destination: string | null
  readonly status: Payment['status']
  readonly failure: FailureCode | null
  readonly source_id: string
  readonly destination_id: string
  readonly source_seq: number | null
  readonly destination_seq: number | null
  readonly amount: number
  readonly currency: string
  readonly reference: string | null
  readonly description: string | null
  readonly metadata: Record<string, string> | null
  readonly created_at: string
  readonly posted_at: string
  readonly version: number
  /** When its hold ends; null for a payment without one. */
  readonly hold_until: string | null
  /** What the destination of a hold received; null for a payment without one, and until it is captured. */
  readonly captured: number | null
  /** Null for nothing. */
  readonly refunded: number | null
  /** When a hold became final, or a bank had answered. */
  readonly completed_at: string | null
  /** Null for a payment between accounts, like the two that follow. */
  readonly rail: BankRail | null
  readonly fee: number | null
  readonly bank: { readonly reference?: string; readonly card?: Card } | null
  readonly lsn: string
}

/** The payment as the API shows it to both of its owners. */
export function toPayment(ids: IdCodec, row: PaymentRow): Payment {
  return {
    id: ids.fromUuid('pay', row.id, row.client_id),
    status: row.status,
    source: ids.fromUuid('acc', row.source_id, payerOf(row.client_id, row.rail)),
    destination: row.unknown_destination ?? ids.fromUuid('acc', row.destination_id, row.counterparty_client_id ?? 0),
    amount: row.amount,
    currency: row.currency,
    reference: row.reference,
    description: row.description,
    metadata: row.metadata ?? {},
    failure: row.failure === null ? null : { code: row.failure, detail: FAILURES[row.failure] },
    capture: row.hold_until === null ? 'automatic' : 'manual',
    captured: row.status === 'succeeded' ? (row.captured ?? row.amount) : 0,
    refunded: row.refunded ?? 0,
    expires_at: row.hold_until,
    created_at: row.created_at,
    completed_at: row.completed_at ?? (isOpen(row) ? null : row.posted_at),
    version: row.version,
    ...(row.rail === null
      ? {}
      : {
          bank: {
            rail: row.rail,
            fee: row.fee ?? 0,
            reference: row.bank?.reference ?? null,
            card: row.bank?.card ?? null,
          },
        }),
  }
}

const isOpen = ({ status }: PaymentRow): boolean => status === 'requires_capture' || status === 'processing'
