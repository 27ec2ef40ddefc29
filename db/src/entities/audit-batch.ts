import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm'
import { safeInteger } from './safe-integer.ts'

/** A signed batch of the audit log. Append-only. */
@Entity('audit_batches')
@Unique('audit_batches_first_seq_key', ['firstSeq'])
@Unique('audit_batches_previous_head_key', ['previousHead'])
@Check('audit_batches_count_check', 'count > 0')
@Check('audit_batches_previous_head_check', 'length(previous_head) = 32')
@Check('audit_batches_head_check', 'length(head) = 32')
@Check('audit_batches_signature_check', 'length(signature) = 64')
export class AuditBatch {
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'audit_batches_pkey', transformer: safeInteger })
  number!: number

  @Column('bigint', { name: 'first_seq', transformer: safeInteger })
  firstSeq!: number

  @Column('integer')
  count!: number

  @Column('timestamp with time zone', { name: 'made_at', precision: 3 })
  madeAt!: Date

  @Column('bytea', { name: 'previous_head' })
  previousHead!: Buffer

  @Column('bytea')
  head!: Buffer

  @Column('bytea')
  signature!: Buffer

  /** Its records, compressed: packages/platform/src/audit/batch-content.ts. */
  @Column('bytea')
  content!: Buffer
}
