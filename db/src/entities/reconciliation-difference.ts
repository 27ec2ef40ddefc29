import {
  DIFFERENCE_KINDS,
  DIFFERENCE_SEVERITIES,
  RECONCILIATION_KINDS,
  type DifferenceKind,
  type DifferenceSeverity,
  type ReconciliationKind,
} from '@paycluster/contracts'
import { Column, Entity, Index, PrimaryColumn } from 'typeorm'

/** Something that two sides say differently. */
@Entity('reconciliation_differences')
@Index('reconciliation_differences_newest', ['firstSeen', 'id'])
@Index('reconciliation_differences_open', ['runKind', 'day'], { where: '(resolved_at IS NULL)' })
@Index('reconciliation_differences_untold', ['id'], { where: '(told_version < version)' })
export class ReconciliationDifference {
  /** Derived from what it is about: one that is found again is the same. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'reconciliation_differences_pkey' })
  id!: string

  @Column('enum', { enum: DIFFERENCE_KINDS, enumName: 'difference_kind' })
  kind!: DifferenceKind

  @Column('enum', { name: 'run_kind', enum: RECONCILIATION_KINDS, enumName: 'reconciliation_kind' })
  runKind!: ReconciliationKind

  @Column('enum', { enum: DIFFERENCE_SEVERITIES, enumName: 'difference_severity' })
  severity!: DifferenceSeverity

  @Column('text')
  subject!: string

  /** Of the statement. */
  @Column('date', { nullable: true })
  day!: string | null

  @Column('text', { name: 'payment_id', nullable: true })
  paymentId!: string | null

  @Column('text', { name: 'account_id', nullable: true })
  accountId!: string | null

  @Column('text', { nullable: true })
  expected!: string | null

  @Column('text', { nullable: true })
  found!: string | null

  @Column('text')
  remedy!: string

  @Column('timestamp with time zone', { name: 'first_seen', precision: 3, default: () => 'clock_timestamp()' })
  firstSeen!: Date

  @Column('timestamp with time zone', { name: 'last_seen', precision: 3, default: () => 'clock_timestamp()' })
  lastSeen!: Date

  @Column('timestamp with time zone', { name: 'resolved_at', precision: 3, nullable: true })
  resolvedAt!: Date | null

  /** Counts how often it has come up. */
  @Column('integer', { default: 1 })
  version!: number

  /** Of these the ones that are told of as events. */
  @Column('integer', { name: 'told_version', default: 0 })
  toldVersion!: number

  /** The run that saw it last. */
  @Column('uuid', { name: 'run_id' })
  runId!: string
}
