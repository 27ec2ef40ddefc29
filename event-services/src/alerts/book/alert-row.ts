/** An alert as the table has it, and as it is shown. */
import type {
  Alert,
  AlertChannel,
  AlertEvidence,
  AlertNotice,
  AlertNotification,
  AlertSeverity,
  FullAlert,
  NotificationState,
} from '@paycluster/contracts'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import { isoTime } from '@paycluster/platform/iso-time'
import type { Labels } from '../counting/counter.ts'
import type { Repeat, Step } from '../rules/rule.ts'
import { matches, toSilenceId, type SilenceRow } from '../silences/silence-row.ts'

/** Alerts are no client's: their ids are bound to none. */
const NO_CLIENT = 0

export interface AlertRow {
  /** As PostgreSQL writes a uuid. */
  readonly id: string
  readonly rule: string
  readonly group_key: string
  readonly labels: Labels
  readonly severity: AlertSeverity
  readonly state: 'pending' | 'firing' | 'acknowledged' | 'resolved'
  readonly summary: string
  readonly value: number
  readonly count: number
  readonly evidence: readonly AlertEvidence[]
  readonly first_at: Date
  readonly last_at: Date
  readonly holds_since: Date
  readonly over_since: Date | null
  readonly fired_at: Date | null
  readonly escalation: readonly Step[]
  readonly repeat: Repeat | null
  readonly notices: number
  readonly next_notice_at: Date | null
  readonly acknowledged_at: Date | null
  readonly acknowledged_by_client_id: number | null
  readonly acknowledged_by_key_id: string | null
  readonly comment: string | null
  readonly resolved_at: Date | null
  readonly version: number
}

/** `count` is a bigint, which the driver hands over as text. */
export const ALERT_COLUMNS = `id, rule, group_key, labels, severity::text, state::text, summary, value, count::float8 AS count,
  evidence, first_at, last_at, holds_since, over_since, fired_at, escalation, repeat, notices, next_notice_at,
  acknowledged_at, acknowledged_by_client_id, acknowledged_by_key_id, comment, resolved_at, version`

export interface NotificationRow {
  readonly id: string
  readonly notice: AlertNotice
  readonly channel: AlertChannel
  readonly state: NotificationState
  readonly attempts: number
  readonly created_at: Date
  readonly due_at: Date
  readonly finished_at: Date | null
  readonly error: string | null
}

export const toIso = (time: Date): string => isoTime(time.getTime())
export const toIsoOrNull = (time: Date | null): string | null => (time === null ? null : toIso(time))
export const toAlertId = (ids: IdCodec, uuid: string): string => ids.fromUuid('alr', uuid, NO_CLIENT)

/** @param silences  that are active @throws Error for a pending one, which is not shown */
export function toAlert(ids: IdCodec, row: AlertRow, silences: readonly SilenceRow[]): Alert {
  const { state, fired_at, acknowledged_at, acknowledged_by_client_id, acknowledged_by_key_id } = row
  if (state === 'pending' || fired_at === null) throw new Error('a pending alert is none yet')
  const silence = state === 'resolved' ? undefined : silences.find((one) => matches(one, row))
  return {
    id: toAlertId(ids, row.id),
    rule: row.rule,
    severity: row.severity,
    state,
    labels: { ...row.labels },
    summary: row.summary,
    value: row.value,
    count: row.count,
    first_at: toIso(row.first_at),
    last_at: toIso(row.last_at),
    fired_at: toIso(fired_at),
    acknowledged:
      acknowledged_at === null || acknowledged_by_client_id === null || acknowledged_by_key_id === null
        ? null
        : {
            at: toIso(acknowledged_at),
            by: { client_id: acknowledged_by_client_id, key_id: acknowledged_by_key_id },
            comment: row.comment,
          },
    resolved_at: toIsoOrNull(row.resolved_at),
    silenced_by: silence === undefined ? null : toSilenceId(ids, silence.id),
    version: row.version,
  }
}

export const toFullAlert = (
  ids: IdCodec,
  row: AlertRow,
  silences: readonly SilenceRow[],
  notifications: readonly NotificationRow[],
): FullAlert => ({
  ...toAlert(ids, row, silences),
  evidence: [...row.evidence],
  escalation: row.escalation.map(({ afterMs, notify }) => ({ after_s: afterMs / 1000, notify: [...notify] })),
  next_notice_at: toIsoOrNull(row.next_notice_at),
  notifications: notifications.map(toNotification),
})

const toNotification = ({ id, created_at, due_at, finished_at, ...row }: NotificationRow): AlertNotification => ({
  id: id.replaceAll('-', ''),
  ...row,
  created_at: toIso(created_at),
  next_attempt_at: row.state === 'pending' ? toIso(due_at) : null,
  finished_at: toIsoOrNull(finished_at),
})
