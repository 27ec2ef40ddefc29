import { accountIdSchema } from '@paycluster/contracts'
import type { IdempotencyRecord } from '@paycluster/platform/idempotency/idempotency-record'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import { ProblemError } from '@paycluster/platform/problem-error'
import { z } from 'zod'
import { queuedBody, type IdempotencyRecords } from './idempotency-records.ts'

/** What tells the payee, of all that the answer to the payer says. */
const destinationSchema = z.object({ destination: accountIdSchema })

/**
 * Payments that are accepted and not yet posted, as payment-service answered them.
 *
 * The id proves its payer. Its payee is known from the record of the idempotency key alone, by the destination, whose id
 * proves its owner in turn; no database is asked, which does not know the payment yet.
 */
export class QueuedPayments {
  readonly #records: IdempotencyRecords
  readonly #ids: IdCodec

  constructor(records: IdempotencyRecords, ids: IdCodec) {
    this.#records = records
    this.#ids = ids
  }

  /**
   * What the client may know of a payment that is not in the ledger.
   *
   * The payer gets the body of the answer that accepted the payment; without its record, what is known of any accepted
   * id. The payee gets the same, as long as there is a record: once it is lost, nothing tells a payee from a stranger
   * until the payment is posted.
   *
   * @returns JSON; undefined for a stranger
   * @throws ProblemError `unavailable` (503) when somebody other than the payer asks and Redis does not answer: the payee
   * of an accepted payment must not be told that it does not exist
   */
  async bodyFor(client: number, id: string): Promise<string | undefined> {
    if (this.#ids.isOwnedBy('pay', id, client)) return queuedBody(id, await this.#records.findIfAny(id))
    const record = await this.#recordOrRefusal(id)
    return record !== undefined && this.#isPayee(client, record) ? queuedBody(id, record) : undefined
  }

  #isPayee(client: number, { body }: IdempotencyRecord): boolean {
    const { data } = destinationSchema.safeParse(JSON.parse(body))
    return data !== undefined && this.#ids.isOwnedBy('acc', data.destination, client)
  }

  async #recordOrRefusal(id: string): Promise<IdempotencyRecord | undefined> {
    try {
      return await this.#records.find(id)
    } catch (cause) {
      throw new ProblemError('unavailable', 'Whose payment this is cannot be told until it is posted.', { cause })
    }
  }
}
