/** Who is to be told, as the table has it: taken by lease, written down in one go. */
import type { Pool } from 'pg'
import type { AlertChannel, NotificationState } from '@paycluster/contracts'

const CLAIM = {
  name: 'claim-alert-notifications',
  text: `UPDATE alert_notifications n
         SET attempts = n.attempts + 1, due_at = clock_timestamp() + $3 * interval '1 millisecond'
         FROM (
           SELECT id FROM alert_notifications
           WHERE state = 'pending' AND channel = $1 AND due_at <= clock_timestamp()
           ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
         ) due
         WHERE n.id = due.id
         RETURNING replace(n.id::text, '-', '') AS id, n.body, n.attempts, n.created_at`,
}
/** A claim that has ended meanwhile, and is another process's, stays as that has it. */
const FINISH = {
  name: 'finish-alert-notifications',
  text: `UPDATE alert_notifications n
         SET state = f.state, error = f.error,
           due_at = CASE WHEN f.state = 'pending' THEN clock_timestamp() + f.due_ms * interval '1 millisecond' ELSE n.due_at END,
           finished_at = CASE WHEN f.state = 'pending' THEN NULL ELSE clock_timestamp() END
         FROM unnest($1::uuid[], $2::int[], $3::alert_notification_state[], $4::bigint[], $5::text[])
           AS f (id, attempts, state, due_ms, error)
         WHERE n.id = f.id AND n.attempts = f.attempts AND n.state = 'pending'`,
}

/** A notification that this process sends. */
export interface ClaimedNotification {
  /** 32 hexadecimal digits. */
  readonly id: string
  readonly body: string
  /** This one included. */
  readonly attempts: number
  readonly created_at: Date
}

export interface FinishedNotification {
  readonly claimed: ClaimedNotification
  readonly state: NotificationState
  /** When it is sent again; of a pending one. */
  readonly dueMs: number
  readonly error: string | null
}

export class NotificationQueue {
  readonly #pool: Pool

  /** @param pool  to the primary, as `payments_events` */
  constructor(pool: Pool) {
    this.#pool = pool
  }

  /** @throws DatabaseError */
  async claim(channel: AlertChannel, most: number, leaseMs: number): Promise<ClaimedNotification[]> {
    return (await this.#pool.query<ClaimedNotification>({ ...CLAIM, values: [channel, most, leaseMs] })).rows
  }

  /** @throws DatabaseError */
  async finish(finished: readonly FinishedNotification[]): Promise<void> {
    await this.#pool.query({
      ...FINISH,
      values: [
        finished.map(({ claimed }) => claimed.id),
        finished.map(({ claimed }) => claimed.attempts),
        finished.map(({ state }) => state),
        finished.map(({ dueMs }) => dueMs),
        finished.map(({ error }) => error),
      ],
    })
  }
}
