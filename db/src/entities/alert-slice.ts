import { Column, Entity, PrimaryColumn } from 'typeorm'
import { safeInteger } from './safe-integer.ts'

/** A slice of a partition of `payment.events` whose events rules have counted. */
@Entity('alert_slices')
export class AlertSlice {
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'alert_slices_pkey' })
  partition!: number

  @PrimaryColumn('bigint', {
    name: 'first_offset',
    primaryKeyConstraintName: 'alert_slices_pkey',
    transformer: safeInteger,
  })
  firstOffset!: number

  @Column('bigint', { name: 'next_offset', transformer: safeInteger })
  nextOffset!: number

  /** 8 bytes for each event that a rule has counted. */
  @Column('bytea')
  ids!: Buffer

  @Column('timestamp with time zone', { name: 'counted_at', precision: 3 })
  countedAt!: Date
}
