import { paymentKey } from '@paycluster/platform/cache/cache-keys'
import { formatConsistencyToken, type ConsistencyToken } from '@paycluster/platform/consistency/consistency-token'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import type { Answer } from '../answers/answer.ts'
import { foundAnswer } from '../reads/found-answer.ts'
import { ObjectReader, type ReaderParts } from '../reads/object-reader.ts'
import { createPaymentKind } from './payment-kind.ts'
import type { PaymentRow } from './payment-row.ts'
import type { QueuedPayments } from '../queued/queued-payments.ts'
import { noSuchPayment } from './payment-part.ts'

/** Reads payments. */
export class PaymentReader {
  readonly #objects: ObjectReader<PaymentRow>
  readonly #ids: IdCodec
  readonly #queued: QueuedPayments

  constructor(parts: ReaderParts, ids: IdCodec, queued: QueuedPayments) {
    this.#objects = new ObjectReader(parts, createPaymentKind(ids))
    this.#ids = ids
    this.#queued = queued
  }

  /**
   * One payment, for the owner of its source or its destination.
   *
   * An id that was issued to the caller, or names one of the caller's accounts as its destination, and is not in the
   * ledger is `queued`: its command is still in the log. An id that this cluster never issued is refused before it
   * touches cache or database.
   *
   * @throws ProblemError `not_found` (404), never for an id of the caller's own · `replica_lag`, `unavailable`,
   * `overloaded` (503)
   */
  async read(id: string, client: number, token: ConsistencyToken | undefined): Promise<Answer> {
    if (!this.#ids.isIssued('pay', id)) throw noSuchPayment()
    const object = await this.#objects.read(id, token)
    if (object.entry !== undefined) {
      // A payee cannot check the owner's tag, which is the payer's: an id with another one names no payment.
      const isNamed = object.entry.key === paymentKey(id)
      if (!isNamed || !object.entry.owners.includes(client)) throw noSuchPayment()
      return foundAnswer(object)
    }
    const body = await this.#queued.bodyFor(client, id)
    if (body === undefined) throw noSuchPayment()
    const { name, timeline, lsn, asOfMs } = object.source
    return { body, source: name, asOfMs, etag: '0', token: formatConsistencyToken(timeline, lsn, []) }
  }
}
