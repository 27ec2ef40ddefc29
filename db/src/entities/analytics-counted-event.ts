import { Entity, PrimaryColumn } from 'typeorm'

/** A new one each time: TypeORM writes into it. */
const key = () => ({ primaryKeyConstraintName: 'counted_events_pkey' })

/** An event that is in the rollups, kept for as long as it can be told again. */
@Entity('counted_events', { schema: 'analytics' })
export class AnalyticsCountedEvent {
  /** The event's time. */
  @PrimaryColumn('timestamp with time zone', { ...key(), precision: 3 })
  at!: Date

  /** Of its object and the state that this came to. */
  @PrimaryColumn('uuid', key())
  key!: string
}
