import type { Redis } from 'ioredis'
import type { RedisGuard } from '@paycluster/platform/cache/redis-guard'
import { idempotencyRecordKey, readQueued } from '@paycluster/platform/idempotency/idempotency-record'

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
      return readQueued(await this.#guard.run(() => this.#redis.get(idempotencyRecordKey(id))))?.body
    } catch {
      // The guard counts it. The id alone is an answer.
      return undefined
    }
  }
}
