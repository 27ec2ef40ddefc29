import type { Redis } from 'ioredis'
import { z } from 'zod'
import { accountIdSchema } from '@paycluster/contracts'
import type { RedisGuard } from '@paycluster/platform/cache/redis-guard'
import {
  idempotencyRecordKey,
  readIdempotencyRecord,
  type IdempotencyRecord,
} from '@paycluster/platform/idempotency/idempotency-record'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import { ProblemError } from '@paycluster/platform/problem-error'

/** What tells the payee, of all that the answer to the payer says. */
const destinationSchema = z.object({ destination: accountIdSchema })

/**
 * Payments that are accepted and not yet posted, as payment-service answered them.
 *
 * The id proves its payer. Its payee is known from the record of the idempotency key alone, by the destination, whose id
 * proves its owner in turn; no database is asked, which does not know the payment yet.
 */
export class QueuedPayments {
  readonly #redis: Pick<Redis, 'get'>
  readonly #guard: Pick<RedisGuard, 'isAway' | 'run'>
  readonly #ids: IdCodec

  constructor(redis: Pick<Redis, 'get'>, guard: Pick<RedisGuard, 'isAway' | 'run'>, ids: IdCodec) {
    this.#redis = redis
    this.#guard = guard
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
    if (this.#ids.isOwnedBy('pay', id, client)) return queuedBody(id, await this.#recordIfAny(id))
    const record = await this.#recordOrRefusal(id)
    return record !== undefined && this.#isPayee(client, record) ? queuedBody(id, record) : undefined
  }

  #isPayee(client: number, { body }: IdempotencyRecord): boolean {
    const { data } = destinationSchema.safeParse(JSON.parse(body))
    return data !== undefined && this.#ids.isOwnedBy('acc', data.destination, client)
  }

  async #recordIfAny(id: string): Promise<IdempotencyRecord | undefined> {
    try {
      return await this.#record(id)
    } catch {
      // The guard counts it. The id alone is an answer.
      return undefined
    }
  }

  async #recordOrRefusal(id: string): Promise<IdempotencyRecord | undefined> {
    try {
      return await this.#record(id)
    } catch (cause) {
      throw new ProblemError('unavailable', 'Whose payment this is cannot be told until it is posted.', { cause })
    }
  }

  /** @throws Error at once while Redis is away */
  async #record(id: string): Promise<IdempotencyRecord | undefined> {
    if (this.#guard.isAway) throw new Error('Redis is away')
    return readIdempotencyRecord(await this.#guard.run(() => this.#redis.get(idempotencyRecordKey(id))))
  }
}

/** A final state that no node has was lost with its primary: the payment is queued again. */
const queuedBody = (id: string, record: IdempotencyRecord | undefined): string =>
  record !== undefined && record.token === undefined
    ? record.body
    : JSON.stringify({ id, status: 'queued', version: 0 })
