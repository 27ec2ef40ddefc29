import { Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm'
import { safeInteger } from './safe-integer.ts'

/** What a record of a batch is found by. Append-only. */
@Entity('audit_records')
@Unique('audit_records_key_key', ['key'])
@Index('audit_records_type', ['type', 'seq'], {
  where: `type NOT LIKE 'payment.%' AND type NOT LIKE 'refund.%'`,
})
export class AuditRecord {
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'audit_records_pkey', transformer: safeInteger })
  seq!: number

  @Column('bigint', { transformer: safeInteger })
  batch!: number

  /** The subject, a space, and of the event's id what follows that, or all of it. */
  @Column('text')
  key!: string

  @Column('text')
  type!: string
}
