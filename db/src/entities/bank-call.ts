import { Check, Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm'

/** A request to a bank, and what came of it. Never changed. */
@Entity('bank_calls')
@Check('bank_calls_duration_ms_check', 'duration_ms >= 0')
@Index('bank_calls_payment', ['paymentId', 'id'])
export class BankCall {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'bank_calls_pkey',
  })
  id!: string

  @Column('uuid', { name: 'payment_id' })
  paymentId!: string

  /** The refund that was asked for; null for the payment itself. */
  @Column('uuid', { name: 'refund_id', nullable: true })
  refundId!: string | null

  /** False: the bank was asked whether it had done it already. */
  @Column('boolean', { name: 'moves_money' })
  movesMoney!: boolean

  @Column('integer')
  attempt!: number

  @Column('text')
  outcome!: string

  @Column('text', { nullable: true })
  detail!: string | null

  @Column('timestamp with time zone', { name: 'started_at', precision: 3 })
  startedAt!: Date

  @Column('integer', { name: 'duration_ms' })
  durationMs!: number
}
