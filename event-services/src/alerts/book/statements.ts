/** What is read and written of alerts, one statement each. */
import { ALERT_COLUMNS } from './alert-row.ts'

/** Of all advisory locks in the database that of alerts: who counts or changes them has it, one at a time. */
export const LOCK = { name: 'lock-alerts', text: 'SELECT pg_advisory_xact_lock(4113019)' }
export const READ_TIME = {
  name: 'read-time',
  text: 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now_ms',
}
export const READ_OPEN = {
  name: 'read-open-alerts',
  text: `SELECT ${ALERT_COLUMNS} FROM alerts WHERE resolved_at IS NULL`,
}
export const READ_SILENCES = {
  name: 'read-active-silences',
  text: 'SELECT * FROM alert_silences WHERE until > clock_timestamp() ORDER BY until DESC',
}
export const INSERT_ALERT = {
  name: 'insert-alert',
  text: `INSERT INTO alerts (id, rule, group_key, labels, severity, state, summary, value, count, evidence, first_at,
           last_at, holds_since, fired_at, escalation, repeat)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
         RETURNING ${ALERT_COLUMNS}`,
}
/** What is fired stays so: a state is given for one that is pending. */
export const UPDATE_ALERT = {
  name: 'update-alert',
  text: `UPDATE alerts
         SET summary = $2, value = $3, count = $4, evidence = $5, last_at = $6, over_since = $7, holds_since = $8,
           state = CASE WHEN $9::timestamptz IS NULL THEN state ELSE 'firing' END, fired_at = coalesce($9, fired_at)
         WHERE id = $1 RETURNING ${ALERT_COLUMNS}`,
}
export const DELETE_PENDING = {
  name: 'delete-pending-alert',
  text: `DELETE FROM alerts WHERE id = $1 AND state = 'pending'`,
}
export const RESOLVE = {
  name: 'resolve-alert',
  text: `UPDATE alerts SET state = 'resolved', resolved_at = $2, next_notice_at = NULL, version = version + 1
         WHERE id = $1 AND state IN ('firing', 'acknowledged') RETURNING ${ALERT_COLUMNS}`,
}
export const ACKNOWLEDGE = {
  name: 'acknowledge-alert',
  text: `UPDATE alerts
         SET state = 'acknowledged', acknowledged_at = $2, acknowledged_by_client_id = $3, acknowledged_by_key_id = $4,
           comment = $5, next_notice_at = NULL, version = version + 1
         WHERE id = $1 AND state = 'firing' RETURNING ${ALERT_COLUMNS}`,
}
export const SET_NOTICE = {
  name: 'set-alert-notice',
  text: 'UPDATE alerts SET notices = $2, next_notice_at = $3 WHERE id = $1',
}
export const INSERT_NOTIFICATIONS = {
  name: 'insert-alert-notifications',
  text: `INSERT INTO alert_notifications (id, alert_id, number, channel, notice, body)
         SELECT n.id, $1, $2, n.channel, $3, $4 FROM unnest($5::uuid[], $6::alert_channel[]) AS n (id, channel)
         ON CONFLICT DO NOTHING`,
}
export const READ_TOLD = {
  name: 'read-told-channels',
  text: 'SELECT DISTINCT channel::text FROM alert_notifications WHERE alert_id = $1',
}
export const INSERT_EVENT = {
  name: 'insert-alert-event',
  text: 'INSERT INTO alert_events (id, subject, body) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
}
