/** Alerts as they are asked for. */
import type { Pool } from 'pg'
import type { ListAlertsQuery } from '@paycluster/contracts'
import { ProblemError } from '@paycluster/platform/problem-error'
import type { Position } from '../position.ts'
import type { SilenceRow } from '../silences/silence-row.ts'
import { ALERT_COLUMNS, type AlertRow, type NotificationRow } from './alert-row.ts'
import { READ_SILENCES } from './statements.ts'

const MAX_NOTIFICATIONS = 50

const LIST = {
  name: 'list-alerts',
  text: `SELECT ${ALERT_COLUMNS} FROM alerts
         WHERE fired_at IS NOT NULL AND (fired_at, id) < ($1::timestamptz, $2::uuid)
           AND ($3::alert_state IS NULL OR state = $3) AND ($4::text IS NULL OR rule = $4)
           AND ($5::alert_severity IS NULL OR severity = $5)
         ORDER BY fired_at DESC, id DESC LIMIT $6`,
}
const READ = {
  name: 'read-alert',
  text: `SELECT ${ALERT_COLUMNS} FROM alerts WHERE id = $1 AND fired_at IS NOT NULL`,
}
const READ_NOTIFICATIONS = {
  name: 'read-alert-notifications',
  text: `SELECT id, notice::text, channel::text, state::text, attempts, created_at, due_at, finished_at, error
         FROM alert_notifications WHERE alert_id = $1 ORDER BY number DESC, created_at DESC, channel LIMIT $2`,
}

export class AlertReader {
  readonly #pool: Pool

  /** @param pool  to the primary, as `payments_events` */
  constructor(pool: Pool) {
    this.#pool = pool
  }

  /** Newest first. @throws DatabaseError */
  async list(
    { time, id }: Position,
    { state, rule, severity }: Pick<ListAlertsQuery, 'state' | 'rule' | 'severity'>,
    limit: number,
  ): Promise<AlertRow[]> {
    const values = [time, id, state ?? null, rule ?? null, severity ?? null, limit]
    return (await this.#pool.query<AlertRow>({ ...LIST, values })).rows
  }

  /** @throws ProblemError `not_found` (404) · DatabaseError */
  async read(id: string): Promise<AlertRow> {
    const { rows } = await this.#pool.query<AlertRow>({ ...READ, values: [id] })
    return rows[0] ?? throwNoAlert()
  }

  /** The newest, newest first. @throws DatabaseError */
  async notifications(id: string): Promise<NotificationRow[]> {
    return (await this.#pool.query<NotificationRow>({ ...READ_NOTIFICATIONS, values: [id, MAX_NOTIFICATIONS] })).rows
  }

  /** Those that have not ended. @throws DatabaseError */
  async silences(): Promise<SilenceRow[]> {
    return (await this.#pool.query<SilenceRow>(READ_SILENCES)).rows
  }
}

export function throwNoAlert(): never {
  throw new ProblemError('not_found', 'There is no such alert.')
}
