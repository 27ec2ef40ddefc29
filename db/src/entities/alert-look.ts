import { Column, Entity, PrimaryColumn } from 'typeorm'

/** When the cluster was looked at last: of several processes one has the turn. */
@Entity('alert_looks')
export class AlertLook {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'alert_looks_pkey' })
  name!: string

  @Column('timestamp with time zone', { name: 'looked_at', precision: 3 })
  lookedAt!: Date
}
