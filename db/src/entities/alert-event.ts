import { Column, Entity, Index, PrimaryColumn } from 'typeorm'

/** An event that is to be published, once it is committed here. */
@Entity('alert_events')
@Index('alert_events_due', ['dueAt'])
export class AlertEvent {
  /** Of the event: published again, it is the same one. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'alert_events_pkey' })
  id!: string

  @Column('text')
  subject!: string

  @Column('text')
  body!: string

  @Column('timestamp with time zone', { name: 'due_at', precision: 3, default: () => 'clock_timestamp()' })
  dueAt!: Date
}
