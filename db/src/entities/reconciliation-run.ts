import {
  RECONCILIATION_KINDS,
  RECONCILIATION_STATES,
  STATEMENT_SOURCES,
  type ReconciliationKind,
  type ReconciliationState,
  type StatementSource,
} from '@paycluster/contracts'
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm'
import { safeInteger } from './safe-integer.ts'

/** A comparison of the ledger with the bank, or with one of its own copies. */
@Entity('reconciliation_runs')
@Check('asked_by_somebody', '(asked_by_client_id IS NULL) = (asked_by_key_id IS NULL)')
@Check('current_statement', "NOT is_current OR (kind = 'statement' AND state = 'succeeded')")
@Check('finished_run', "(state = 'running') = (finished_at IS NULL)")
@Check('error_of_the_failed', "(state = 'failed') = (error IS NOT NULL)")
@Check('day_of_a_statement', "(kind = 'statement') = (day IS NOT NULL) AND (day IS NULL) = (source IS NULL)")
@Index('reconciliation_runs_running', ['kind'], {
  unique: true,
  where: "(state = 'running'::reconciliation_state)",
})
@Index('reconciliation_runs_current', ['day'], { unique: true, where: 'is_current' })
@Index('reconciliation_runs_of_kind', ['kind', 'createdAt', 'id'])
export class ReconciliationRun {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'reconciliation_runs_pkey' })
  id!: string

  @Column('enum', { enum: RECONCILIATION_KINDS, enumName: 'reconciliation_kind' })
  kind!: ReconciliationKind

  @Column('enum', { enum: RECONCILIATION_STATES, enumName: 'reconciliation_state', default: 'running' })
  state!: ReconciliationState

  /** Of a statement, in UTC. */
  @Column('date', { nullable: true })
  day!: string | null

  @Column('enum', { enum: STATEMENT_SOURCES, enumName: 'statement_source', nullable: true })
  source!: StatementSource | null

  @Column('boolean', { name: 'is_full' })
  isFull!: boolean

  /** Whether its lines are the statement of their day: those of the last run of it that succeeded. */
  @Column('boolean', { name: 'is_current', default: false })
  isCurrent!: boolean

  /** Null: the schedule. */
  @Column('integer', { name: 'asked_by_client_id', nullable: true })
  askedByClientId!: number | null

  @Column('text', { name: 'asked_by_key_id', nullable: true })
  askedByKeyId!: string | null

  /** By when its process has to have shown that it lives; then it is taken for dead. */
  @Column('timestamp with time zone', { name: 'lease_until', precision: 3 })
  leaseUntil!: Date

  @Column('bigint', { default: 0, transformer: safeInteger })
  checked!: number

  @Column('integer', { default: 0 })
  found!: number

  @Column('integer', { default: 0 })
  opened!: number

  @Column('integer', { default: 0 })
  resolved!: number

  @Column('boolean', { name: 'is_truncated', default: false })
  isTruncated!: boolean

  @Column('text', { nullable: true })
  error!: string | null

  @Column('timestamp with time zone', { name: 'created_at', precision: 3, default: () => 'clock_timestamp()' })
  createdAt!: Date

  @Column('timestamp with time zone', { name: 'finished_at', precision: 3, nullable: true })
  finishedAt!: Date | null
}
