import { OPERATION_KINDS, REFUND_SETTLEMENTS, type OperationFailureCode } from '@paycluster/contracts'
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm'
import { safeInteger } from './safe-integer.ts'

/** What was asked of a payment that was there, and what it came to. Never changed, but for what a bank answers to a refund. */
@Entity('payment_operations')
@Check('payment_operations_amount_check', 'amount > 0')
@Check('version_of_the_succeeded', '(payment_version IS NULL) = (failure IS NOT NULL)')
@Check('settlement_of_refunds', "settlement IS NULL OR (kind = 'refund' AND failure IS NULL)")
@Check('time_of_the_settled', "(settled_at IS NOT NULL) = (settlement IS NOT NULL AND settlement <> 'processing')")
@Check('refunds_of_answers', "(refund_id IS NOT NULL) = (kind IN ('settle_refund', 'decline_refund'))")
@Index('payment_operations_payment', ['paymentId', 'postedAt', 'id'])
@Index('payment_operations_time', ['postedAt'], { type: 'brin' })
export class PaymentOperation {
  /** Derived from client, payment and Idempotency-Key. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'payment_operations_pkey' })
  id!: string

  @Column('uuid', { name: 'payment_id' })
  paymentId!: string

  /** The payment's id as the client wrote it, where that is not its to refund: its tags cannot be made again. */
  @Column('text', { name: 'unknown_payment', nullable: true })
  unknownPayment!: string | null

  /** Who asked for it. */
  @Column('integer', { name: 'client_id' })
  clientId!: number

  @Column('enum', { enum: OPERATION_KINDS, enumName: 'operation_kind' })
  kind!: (typeof OPERATION_KINDS)[number]

  @Column('text', { nullable: true })
  failure!: OperationFailureCode | null

  /** Minor units that moved, or were asked for; null for what moves nothing. */
  @Column('bigint', { nullable: true, transformer: safeInteger })
  amount!: number | null

  @Column('text', { nullable: true })
  reason!: string | null

  @Column('bytea')
  fingerprint!: Buffer

  /** The entry that it made on the payment's source. */
  @Column('bigint', { name: 'source_seq', nullable: true, transformer: safeInteger })
  sourceSeq!: number | null

  @Column('bigint', { name: 'destination_seq', nullable: true, transformer: safeInteger })
  destinationSeq!: number | null

  /** The entry of the commission on what a bank settled. */
  @Column('bigint', { name: 'fee_seq', nullable: true, transformer: safeInteger })
  feeSeq!: number | null

  /** The payment's version after it; null when it failed. */
  @Column('integer', { name: 'payment_version', nullable: true })
  paymentVersion!: number | null

  /** Of the payment after a refund, in minor units. */
  @Column('bigint', { nullable: true, transformer: safeInteger })
  refunded!: number | null

  /** Of a refund in which a bank has a part. */
  @Column('enum', { enum: REFUND_SETTLEMENTS, enumName: 'refund_settlement', nullable: true })
  settlement!: (typeof REFUND_SETTLEMENTS)[number] | null

  /** When the bank had answered. */
  @Column('timestamp with time zone', { name: 'settled_at', precision: 3, nullable: true })
  settledAt!: Date | null

  /** Of a bank's answer to a refund: which. */
  @Column('uuid', { name: 'refund_id', nullable: true })
  refundId!: string | null

  /** When payment-service accepted it. */
  @Column('timestamp with time zone', { name: 'created_at', precision: 3 })
  createdAt!: Date

  /** When the ledger recorded it. */
  @Column('timestamp with time zone', { name: 'posted_at', precision: 3 })
  postedAt!: Date
}
