import {
  ALERT_CHANNELS,
  ALERT_NOTICES,
  NOTIFICATION_STATES,
  type AlertChannel,
  type AlertNotice,
  type NotificationState,
} from '@paycluster/contracts'
import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm'
import { Alert } from './alert.ts'

/** A notice of an alert on its way to a channel. */
@Entity('alert_notifications')
@Unique('alert_notifications_alert_id_number_channel_key', ['alertId', 'number', 'channel'])
@Check('notification_finished', "(state = 'pending') = (finished_at IS NULL)")
@Index('alert_notifications_due', ['channel', 'dueAt'], { where: "state = 'pending'" })
export class AlertNotification {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'alert_notifications_pkey' })
  id!: string

  @Column('uuid', { name: 'alert_id' })
  @ForeignKey(() => Alert, { name: 'alert_notifications_alert_id_fkey', onDelete: 'CASCADE' })
  alertId!: string

  /** Of the alert's notices. */
  @Column('integer')
  number!: number

  @Column('enum', { enum: ALERT_CHANNELS, enumName: 'alert_channel' })
  channel!: AlertChannel

  @Column('enum', { enum: ALERT_NOTICES, enumName: 'alert_notice' })
  notice!: AlertNotice

  /** The alert as it was then. */
  @Column('text')
  body!: string

  @Column('enum', { enum: NOTIFICATION_STATES, enumName: 'alert_notification_state', default: 'pending' })
  state!: NotificationState

  @Column('integer', { default: 0 })
  attempts!: number

  /** When it is to be sent; while it is being sent, when it is taken for not sent. */
  @Column('timestamp with time zone', { name: 'due_at', precision: 3, default: () => 'clock_timestamp()' })
  dueAt!: Date

  @Column('timestamp with time zone', { name: 'created_at', precision: 3, default: () => 'clock_timestamp()' })
  createdAt!: Date

  @Column('timestamp with time zone', { name: 'finished_at', precision: 3, nullable: true })
  finishedAt!: Date | null

  @Column('text', { nullable: true })
  error!: string | null
}
