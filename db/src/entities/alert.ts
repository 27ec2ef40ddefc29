import { ALERT_SEVERITIES, ALERT_STATES, type AlertEvidence, type AlertSeverity } from '@paycluster/contracts'
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm'
import { safeInteger } from './safe-integer.ts'

/** Pending: its condition holds, and not for long enough yet. */
const STATES = ['pending', ...ALERT_STATES] as const

/** What a rule has found, for one group of what it looks at. */
@Entity('alerts')
@Check('resolved_at_its_end', "(state = 'resolved') = (resolved_at IS NOT NULL)")
@Check('fired_unless_pending', "(state = 'pending') = (fired_at IS NULL)")
@Index('alerts_open', ['rule', 'groupKey'], { unique: true, where: 'resolved_at IS NULL' })
@Index('alerts_fired', ['firedAt', 'id'])
@Index('alerts_next_notice', ['nextNoticeAt'], { where: 'next_notice_at IS NOT NULL' })
@Index('alerts_resolved', ['resolvedAt'], { where: 'resolved_at IS NOT NULL' })
export class Alert {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'alerts_pkey' })
  id!: string

  @Column('text')
  rule!: string

  @Column('text', { name: 'group_key' })
  groupKey!: string

  @Column('jsonb')
  labels!: Record<string, string>

  @Column('enum', { enum: ALERT_SEVERITIES, enumName: 'alert_severity' })
  severity!: AlertSeverity

  @Column('enum', { enum: STATES, enumName: 'alert_state' })
  state!: (typeof STATES)[number]

  @Column('text')
  summary!: string

  @Column('double precision')
  value!: number

  @Column('bigint', { transformer: safeInteger })
  count!: number

  @Column('jsonb')
  evidence!: AlertEvidence[]

  @Column('timestamp with time zone', { name: 'first_at', precision: 3 })
  firstAt!: Date

  @Column('timestamp with time zone', { name: 'last_at', precision: 3 })
  lastAt!: Date

  /** Since when its condition holds. */
  @Column('timestamp with time zone', { name: 'holds_since', precision: 3 })
  holdsSince!: Date

  /** Since when it does not. */
  @Column('timestamp with time zone', { name: 'over_since', precision: 3, nullable: true })
  overSince!: Date | null

  @Column('timestamp with time zone', { name: 'fired_at', precision: 3, nullable: true })
  firedAt!: Date | null

  /** The rule's, as it was when it fired. */
  @Column('jsonb')
  escalation!: { afterMs: number; notify: string[] }[]

  @Column('jsonb', { nullable: true })
  repeat!: { everyMs: number; atMost: number } | null

  /** How often somebody was told. */
  @Column('integer', { default: 0 })
  notices!: number

  @Column('timestamp with time zone', { name: 'next_notice_at', precision: 3, nullable: true })
  nextNoticeAt!: Date | null

  @Column('timestamp with time zone', { name: 'acknowledged_at', precision: 3, nullable: true })
  acknowledgedAt!: Date | null

  @Column('integer', { name: 'acknowledged_by_client_id', nullable: true })
  acknowledgedByClientId!: number | null

  @Column('text', { name: 'acknowledged_by_key_id', nullable: true })
  acknowledgedByKeyId!: string | null

  @Column('text', { nullable: true })
  comment!: string | null

  @Column('timestamp with time zone', { name: 'resolved_at', precision: 3, nullable: true })
  resolvedAt!: Date | null

  @Column('integer', { default: 1 })
  version!: number
}
