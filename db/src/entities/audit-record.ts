import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm'
import { safeInteger } from './safe-integer.ts'

/** An event as it stood in the log. Append-only. */
@Entity('audit_records')
@Unique('audit_records_event_id_key', ['eventId'])
@Check('audit_records_hash_check', 'length(hash) = 32')
@Index('audit_records_subject', ['subject', 'seq'])
@Index('audit_records_type', ['type', 'seq'])
export class AuditRecord {
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'audit_records_pkey', transformer: safeInteger })
  seq!: number

  @Column('bigint', { transformer: safeInteger })
  batch!: number

  @Column('integer')
  partition!: number

  @Column('bigint', { name: 'log_offset', transformer: safeInteger })
  offset!: number

  @Column('bytea')
  body!: Buffer

  @Column('bytea')
  hash!: Buffer

  @Column('text', { name: 'event_id' })
  eventId!: string

  @Column('text')
  type!: string

  @Column('text')
  subject!: string
}
