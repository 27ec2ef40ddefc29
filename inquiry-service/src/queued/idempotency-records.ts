import type { Redis } from 'ioredis'
import type { RedisGuard } from '@paycluster/platform/cache/redis-guard'
import {
  idempotencyRecordKey,
  readIdempotencyRecord,
  type IdempotencyRecord,
} from '@paycluster/platform/idempotency/idempotency-record'

/** What payment-service has answered lately, by the id that it gave: all that is known of what is still in the log. */
export class IdempotencyRecords {
  readonly #redis: Pick<Redis, 'get'>
  readonly #guard: Pick<RedisGuard, 'isAway' | 'run'>

  constructor(redis: Pick<Redis, 'get'>, guard: Pick<RedisGuard, 'isAway' | 'run'>) {
    this.#redis = redis
    this.#guard = guard
  }

  /** @throws Error at once while Redis is away */
  async find(id: string): Promise<IdempotencyRecord | undefined> {
    if (this.#guard.isAway) throw new Error('Redis is away')
    return readIdempotencyRecord(await this.#guard.run(() => this.#redis.get(idempotencyRecordKey(id))))
  }

  /** Undefined also while Redis is away: for whom the id alone is an answer. */
  async findIfAny(id: string): Promise<IdempotencyRecord | undefined> {
    try {
      return await this.find(id)
    } catch {
      // The guard counts it.
      return undefined
    }
  }
}

/** A final state that no node has was lost with its primary: what it is of is queued again. */
export const queuedBody = (id: string, record: IdempotencyRecord | undefined): string =>
  record !== undefined && record.token === undefined
    ? record.body
    : JSON.stringify({ id, status: 'queued', version: 0 })
