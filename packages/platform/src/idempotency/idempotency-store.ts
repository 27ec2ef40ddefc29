import type { Redis } from 'ioredis'
import type { RedisGuard } from '../cache/redis-guard.ts'
import {
  formatIdempotencyRecord,
  IDEMPOTENCY_TTL_S,
  idempotencyRecordKey,
  readIdempotencyRecord,
  type IdempotencyRecord,
} from './idempotency-record.ts'

/**
 * The idempotency keys of the last day, in Redis: for the answer to a repeated request, not for the money. That a key
 * pays once is the ledger's doing, by the id that the key stands for; so nothing here waits for Redis for longer than
 * the guard allows, and nothing fails because of it.
 */
export class IdempotencyStore {
  readonly #redis: Redis
  readonly #guard: RedisGuard
  readonly #onMiss: () => void

  /** @param onMiss  called when Redis was away or slow, for a metric */
  constructor(redis: Redis, guard: RedisGuard, onMiss: () => void) {
    this.#redis = redis
    this.#guard = guard
    this.#onMiss = onMiss
  }

  /**
   * Remembers a key unless it is known already: one round trip, so that of two at once one sees the other.
   *
   * @returns the earlier record of the same id; undefined when there is none, or when Redis is away
   */
  async claim(id: string, record: IdempotencyRecord): Promise<IdempotencyRecord | undefined> {
    const value = formatIdempotencyRecord(record)
    try {
      return readIdempotencyRecord(
        await this.#guard.run(() =>
          this.#redis.set(idempotencyRecordKey(id), value, 'EX', IDEMPOTENCY_TTL_S, 'NX', 'GET'),
        ),
      )
    } catch {
      this.#onMiss()
      return undefined
    }
  }

  /** What is remembered of an id; undefined when nothing is, or when Redis is away. */
  async find(id: string): Promise<IdempotencyRecord | undefined> {
    try {
      return readIdempotencyRecord(await this.#guard.run(() => this.#redis.get(idempotencyRecordKey(id))))
    } catch {
      this.#onMiss()
      return undefined
    }
  }

  /**
   * Writes what has become of a record: accepted, or final. Nobody waits for it: lost, the next repetition hands its
   * command to Kafka once more.
   */
  update(id: string, record: IdempotencyRecord): void {
    const value = formatIdempotencyRecord(record)
    this.#guard
      .run(() => this.#redis.set(idempotencyRecordKey(id), value, 'KEEPTTL', 'XX'))
      .catch(() => {
        this.#onMiss()
      })
  }
}
