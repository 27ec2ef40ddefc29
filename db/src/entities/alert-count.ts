import type { AlertEvidence } from '@paycluster/contracts'
import { Column, Entity, Index, PrimaryColumn } from 'typeorm'
import { safeInteger } from './safe-integer.ts'

/** How many events a rule has counted, by group and by a stretch of their time. */
@Entity('alert_counts')
@Index('alert_counts_until', ['until'])
export class AlertCount {
  /** A digest of what the rule counts: a rule that counts something else begins anew. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'alert_counts_pkey' })
  counter!: string

  @PrimaryColumn('text', { name: 'group_key', primaryKeyConstraintName: 'alert_counts_pkey' })
  groupKey!: string

  @PrimaryColumn('timestamp with time zone', { precision: 3, primaryKeyConstraintName: 'alert_counts_pkey' })
  bucket!: Date

  @Column('bigint', { transformer: safeInteger })
  matched!: number

  @Column('bigint', { transformer: safeInteger })
  total!: number

  /** The newest that matched. */
  @Column('jsonb')
  evidence!: AlertEvidence[]

  /** When no window reaches back to it any more. */
  @Column('timestamp with time zone', { precision: 3 })
  until!: Date
}
