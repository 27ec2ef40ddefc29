import { DEAD_LETTER_KINDS, DEAD_LETTER_STATES, type DeadLetterKind, type DeadLetterState } from '@paycluster/contracts'
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm'
import { safeInteger } from './safe-integer.ts'

/** What could not be done: a message of the log, or a bank task. */
@Entity('dead_letters')
@Check('dead_letters_attempts_check', 'attempts > 0')
@Check(
  'origin',
  `(kind = 'bank_task') = (partition IS NULL) AND (kind = 'bank_task') = (log_offset IS NULL)
   AND (kind = 'bank_task') = (payment_id IS NOT NULL)`,
)
@Check(
  'resolved_by_somebody',
  `(state = 'open') = (resolved_at IS NULL) AND (state = 'open') = (resolved_by_client_id IS NULL)
   AND (state = 'open') = (resolved_by_key_id IS NULL)`,
)
@Index('dead_letters_newest', ['firstAt', 'id'])
export class DeadLetter {
  /** By where the message stood, or by the payment whose task it is: see packages/contracts. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'dead_letters_pkey' })
  id!: string

  @Column('enum', { enum: DEAD_LETTER_KINDS, enumName: 'dead_letter_kind' })
  kind!: DeadLetterKind

  @Column('enum', { enum: DEAD_LETTER_STATES, enumName: 'dead_letter_state', default: 'open' })
  state!: DeadLetterState

  /** Of the last attempt. */
  @Column('text')
  reason!: string

  @Column('integer')
  attempts!: number

  /** Of a message: where it stood in its log, with its key and its bytes. */
  @Column('integer', { nullable: true })
  partition!: number | null

  @Column('bigint', { name: 'log_offset', nullable: true, transformer: safeInteger })
  offset!: number | null

  @Column('bytea', { nullable: true })
  key!: Buffer | null

  @Column('bytea', { nullable: true })
  payload!: Buffer | null

  /** Of a bank task. */
  @Column('uuid', { name: 'payment_id', nullable: true })
  paymentId!: string | null

  @Column('timestamp with time zone', { name: 'first_at', precision: 3 })
  firstAt!: Date

  @Column('timestamp with time zone', { name: 'last_at', precision: 3 })
  lastAt!: Date

  @Column('integer', { default: 1 })
  version!: number

  /** When an operator has replayed or discarded it, and which one; null while it is open. */
  @Column('timestamp with time zone', { name: 'resolved_at', precision: 3, nullable: true })
  resolvedAt!: Date | null

  @Column('integer', { name: 'resolved_by_client_id', nullable: true })
  resolvedByClientId!: number | null

  @Column('text', { name: 'resolved_by_key_id', nullable: true })
  resolvedByKeyId!: string | null

  @Column('text', { nullable: true })
  resolution!: string | null
}
