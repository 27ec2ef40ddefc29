import { ALERT_SEVERITIES, type AlertSeverity } from '@paycluster/contracts'
import { Column, Entity, Index, PrimaryColumn } from 'typeorm'

/** Alerts that nobody is told of for a while. */
@Entity('alert_silences')
@Index('alert_silences_created', ['createdAt', 'id'])
@Index('alert_silences_until', ['until'])
export class AlertSilence {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'alert_silences_pkey' })
  id!: string

  /** What an alert has to have: null is anything. */
  @Column('text', { nullable: true })
  rule!: string | null

  @Column('enum', { enum: ALERT_SEVERITIES, enumName: 'alert_severity', nullable: true })
  severity!: AlertSeverity | null

  @Column('jsonb')
  labels!: Record<string, string>

  @Column('text')
  reason!: string

  @Column('timestamp with time zone', { precision: 3 })
  until!: Date

  @Column('timestamp with time zone', { name: 'created_at', precision: 3, default: () => 'clock_timestamp()' })
  createdAt!: Date

  @Column('integer', { name: 'created_by_client_id' })
  createdByClientId!: number

  @Column('text', { name: 'created_by_key_id' })
  createdByKeyId!: string

  @Column('bytea')
  fingerprint!: Buffer
}
