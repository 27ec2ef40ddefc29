import { Column, Entity, PrimaryColumn } from 'typeorm'
import { safeInteger } from './safe-integer.ts'

/** How far a partition of `payment.events` is in the rollups. */
@Entity('progress', { schema: 'analytics' })
export class AnalyticsProgress {
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'progress_pkey' })
  partition!: number

  @Column('bigint', { name: 'next_offset', transformer: safeInteger })
  nextOffset!: number

  /** Of its newest event; null while it had none. */
  @Column('timestamp with time zone', { name: 'event_at', precision: 3, nullable: true })
  eventAt!: Date | null
}
