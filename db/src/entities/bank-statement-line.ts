import { Column, Entity, Index, PrimaryColumn } from 'typeorm'
import { safeInteger } from './safe-integer.ts'

/** A line of a bank's statement, as a run has read it. */
@Entity('bank_statement_lines')
@Index('bank_statement_lines_movement', ['movementId'], { where: '(movement_id IS NOT NULL)' })
@Index('bank_statement_lines_pending', ['movementId'], { where: 'is_pending' })
export class BankStatementLine {
  @PrimaryColumn('uuid', { name: 'run_id', primaryKeyConstraintName: 'bank_statement_lines_pkey' })
  runId!: string

  /** Of the file, from 1: the header is the first. */
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'bank_statement_lines_pkey' })
  line!: number

  /** The payment, or the refund of one; null for a line of which the cluster knows neither. */
  @Column('uuid', { name: 'movement_id', nullable: true })
  movementId!: string | null

  @Column('text', { name: 'bank_id' })
  bankId!: string

  @Column('text', { name: 'idempotency_key' })
  idempotencyKey!: string

  @Column('text')
  type!: string

  /** Minor units; negative leaves our account at the bank. */
  @Column('bigint', { transformer: safeInteger })
  amount!: number

  @Column('character', { length: 3 })
  currency!: string

  @Column('timestamp with time zone', { name: 'settled_at', precision: 3 })
  settledAt!: Date

  /** Whether the payment was still under way when the line was compared. */
  @Column('boolean', { name: 'is_pending', default: false })
  isPending!: boolean
}
