/** Deletes deliveries that were kept for long enough, and cancels those of endpoints that are no more: a few at a time. */
import type { Pool } from 'pg'
import type { Logger } from '@paycluster/platform/logging'
import { repeat } from '@paycluster/platform/work/repeat'

const ROWS = 1000
const SWEEP_EVERY_MS = 60_000

const DELETE_OLD = {
  name: 'delete-old-deliveries',
  text: `DELETE FROM webhook_deliveries WHERE id IN (
           SELECT id FROM webhook_deliveries
           WHERE state <> 'pending' AND finished_at < clock_timestamp() - $1 * interval '1 day'
           ORDER BY finished_at LIMIT ${ROWS} FOR UPDATE SKIP LOCKED
         )`,
}
/** Those that were made while their endpoint was being disabled. */
const CANCEL_LEFT = {
  name: 'cancel-left-deliveries',
  text: `UPDATE webhook_deliveries SET state = 'canceled', finished_at = clock_timestamp() WHERE id IN (
           SELECT d.id FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
           WHERE d.state = 'pending' AND (e.disabled_at IS NOT NULL OR e.deleted_at IS NOT NULL)
           LIMIT ${ROWS} FOR UPDATE OF d SKIP LOCKED
         )`,
}

export class DeliverySweeper {
  readonly #pool: Pool
  readonly #keepDays: number
  readonly #logger: Logger
  readonly #stop = new AbortController()
  #sweeping: Promise<void> = Promise.resolve()

  constructor(pool: Pool, keepDays: number, logger: Logger) {
    this.#pool = pool
    this.#keepDays = keepDays
    this.#logger = logger
  }

  start(): void {
    this.#sweeping = repeat(async () => ((await this.sweep()) < ROWS ? undefined : 0), {
      signal: this.#stop.signal,
      restMs: SWEEP_EVERY_MS,
      onError: (error) => {
        this.#logger.warn({ err: error }, 'could not sweep webhook deliveries')
      },
    })
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#sweeping
  }

  /** @returns how many were deleted or canceled @throws DatabaseError */
  async sweep(): Promise<number> {
    const deleted = await this.#pool.query({ ...DELETE_OLD, values: [this.#keepDays] })
    const canceled = await this.#pool.query(CANCEL_LEFT)
    return (deleted.rowCount ?? 0) + (canceled.rowCount ?? 0)
  }
}
