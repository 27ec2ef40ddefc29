import { RECONCILIATION_KINDS, type ReconciliationKind } from '@paycluster/contracts'
import { Column, Entity, PrimaryColumn } from 'typeorm'

/** How far the runs of a kind have come: what the next one continues from. */
@Entity('reconciliation_watermarks')
export class ReconciliationWatermark {
  @PrimaryColumn('enum', {
    enum: RECONCILIATION_KINDS,
    enumName: 'reconciliation_kind',
    primaryKeyConstraintName: 'reconciliation_watermarks_pkey',
  })
  kind!: ReconciliationKind

  @Column('jsonb')
  value!: Record<string, unknown>

  @Column('timestamp with time zone', { name: 'updated_at', precision: 3, default: () => 'clock_timestamp()' })
  updatedAt!: Date
}
