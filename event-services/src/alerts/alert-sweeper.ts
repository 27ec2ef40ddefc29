/** Deletes what is not looked at any more, a few at a time: counts, what was counted, and alerts that were kept for long enough. */
import type { Pool } from 'pg'
import type { Logger } from '@paycluster/platform/logging'
import { repeat } from '@paycluster/platform/work/repeat'

const ROWS = 5_000
const SWEEP_EVERY_MS = 30_000
/** For how long ids are known that are told again; where counting goes on is known for ever. */
const KEEP_SLICES_MS = 600_000

const STATEMENTS = (keepDays: number) => [
  {
    name: 'delete-old-alert-counts',
    text: `DELETE FROM alert_counts WHERE ctid = ANY (
             ARRAY(SELECT ctid FROM alert_counts WHERE until < clock_timestamp() LIMIT ${ROWS})
           )`,
  },
  {
    name: 'delete-old-alert-slices',
    text: `DELETE FROM alert_slices s USING (
             SELECT partition, max(first_offset) AS newest FROM alert_slices GROUP BY partition
           ) kept
           WHERE s.partition = kept.partition AND s.first_offset < kept.newest
             AND s.counted_at < clock_timestamp() - ${KEEP_SLICES_MS} * interval '1 millisecond'`,
  },
  {
    name: 'delete-old-alerts',
    text: `DELETE FROM alerts WHERE id IN (
             SELECT id FROM alerts WHERE resolved_at < clock_timestamp() - $1 * interval '1 day' LIMIT ${ROWS}
           )`,
    values: [keepDays],
  },
  {
    name: 'delete-old-silences',
    text: `DELETE FROM alert_silences WHERE until < clock_timestamp() - $1 * interval '1 day'`,
    values: [keepDays],
  },
]

export class AlertSweeper {
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
    this.#sweeping = repeat(() => this.sweep(), {
      signal: this.#stop.signal,
      restMs: SWEEP_EVERY_MS,
      onError: (error) => {
        this.#logger.warn({ err: error }, 'could not sweep what alerts have counted')
      },
    })
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#sweeping
  }

  /** @throws DatabaseError */
  async sweep(): Promise<void> {
    for (const statement of STATEMENTS(this.#keepDays)) await this.#pool.query(statement)
  }
}
