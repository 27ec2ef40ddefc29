import type { Redis } from 'ioredis'
import type { RedisGuard } from '@paycluster/platform/cache/redis-guard'
import { idempotencyRecordKey, readIdempotencyRecord } from '@paycluster/platform/idempotency/idempotency-record'

/** Payments that are accepted and not yet posted, as payment-service answered them. */
export class QueuedPayments {
  readonly #redis: Redis
  readonly #guard: RedisGuard

  constructor(redis: Redis, guard: RedisGuard) {
    this.#redis = redis
    this.#guard = guard
  }

  /** The body of the answer that accepted the payment; without Redis, what is known of any accepted id. */
  async bodyOf(id: string): Promise<string> {
    return (await this.#recorded(id)) ?? JSON.stringify({ id, status: 'queued', version: 0 })
  }

  async #recorded(id: string): Promise<string | undefined> {
    if (this.#guard.isAway) return undefined
    try {
      const record = readIdempotencyRecord(await this.#guard.run(() => this.#redis.get(idempotencyRecordKey(id))))
      // A final state that no node has was lost with its primary: the payment is queued again.
      return record?.token === undefined ? record?.body : undefined
    } catch {
      // The guard counts it. The id alone is an answer.
      return undefined
    }
  }
}
