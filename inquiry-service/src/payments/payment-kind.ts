import type { Payment } from '@paycluster/contracts'
import { paymentKey } from '@paycluster/platform/cache/cache-keys'
import { formatConsistencyToken } from '@paycluster/platform/consistency/consistency-token'
import { parseLsn } from '@paycluster/platform/consistency/lsn'
import { readersOf } from '@paycluster/platform/ids/house-accounts'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import { loadText } from '@paycluster/platform/load-text'
import type { ObjectKind } from '../reads/object-reader.ts'
import { toPayment, type PaymentRow } from './payment-row.ts'

const READ_PAYMENTS = { name: 'read-payments', text: loadText(import.meta.url, './read-payments.sql') }

/** Payments in the ledger, by id. They change after their posting: by captures, cancellations, refunds. */
export function createPaymentKind(ids: IdCodec): ObjectKind<PaymentRow> {
  return {
    versions: 'revisions',
    query: { ...READ_PAYMENTS, keyOf: (row) => row.id },
    cacheKey: paymentKey,
    toEntry: (row, { timeline, lsn, asOfMs }) => {
      const payment = toPayment(ids, row)
      const touched = touchedBy(row, payment)
      const { client_id, counterparty_client_id } = row
      return {
        // By its own id: nothing is kept under one whose owner's tag is not the payer's.
        key: paymentKey(payment.id),
        version: row.version,
        timeline,
        lsn,
        asOfMs,
        owners: readersOf(client_id, counterparty_client_id),
        token: formatConsistencyToken(timeline, parseLsn(row.lsn), touched),
        json: JSON.stringify(payment),
      }
    },
  }
}

/**
 * The versions that it gave its accounts, where both are one client's: see payment-worker's tokens. Of what came after its
 * first entries none tells: the position in the log does.
 */
function touchedBy(row: PaymentRow, { source, destination }: Payment): [string, number][] {
  const touched: [string, number][] = []
  if (row.version > 1 || row.rail !== null || row.client_id !== row.counterparty_client_id) return touched
  if (row.source_seq !== null) touched.push([source, row.source_seq])
  if (row.destination_seq !== null) touched.push([destination, row.destination_seq])
  return touched
}
