import type { AlertSeverity, Silence } from '@paycluster/contracts'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import { isoTime } from '@paycluster/platform/iso-time'
import type { Labels } from '../counting/counter.ts'

/** Silences are no client's: their ids are bound to none. */
const NO_CLIENT = 0

/** A silence as the table has it. */
export interface SilenceRow {
  /** As PostgreSQL writes a uuid. */
  readonly id: string
  /** Null: any. */
  readonly rule: string | null
  readonly severity: AlertSeverity | null
  readonly labels: Labels
  readonly reason: string
  readonly until: Date
  readonly created_at: Date
  readonly created_by_client_id: number
  readonly created_by_key_id: string
  readonly fingerprint: Buffer
}

interface Matched {
  readonly rule: string
  readonly severity: AlertSeverity
  readonly labels: Labels
}

/** Whether an alert has all that a silence names. */
export const matches = ({ rule, severity, labels }: Pick<SilenceRow, keyof Matched>, alert: Matched): boolean =>
  (rule === null || rule === alert.rule) &&
  (severity === null || severity === alert.severity) &&
  Object.entries(labels).every(([name, value]) => alert.labels[name] === value)

export const toSilenceId = (ids: IdCodec, uuid: string): string => ids.fromUuid('sil', uuid, NO_CLIENT)

export function toSilence(ids: IdCodec, row: SilenceRow, nowMs: number): Silence {
  const { rule, severity, labels, reason, until, created_at, created_by_client_id, created_by_key_id } = row
  return {
    id: toSilenceId(ids, row.id),
    state: until.getTime() > nowMs ? 'active' : 'ended',
    matcher: { rule, severity, labels: { ...labels } },
    reason,
    until: isoTime(until.getTime()),
    created_at: isoTime(created_at.getTime()),
    created_by: { client_id: created_by_client_id, key_id: created_by_key_id },
  }
}
