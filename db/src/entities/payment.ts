import { BANK_RAILS, PAYMENT_STATUSES, type BankRail, type Card, type FailureCode } from '@paycluster/contracts'
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm'
import { safeInteger } from './safe-integer.ts'

/** `queued` is what an accepted id is until it is posted: never a row. */
export const LEDGER_PAYMENT_STATUSES = PAYMENT_STATUSES.filter((status) => status !== 'queued')

const FAILED = "(status = 'failed'::payment_status)"

/** A payment that reached its state. There are no foreign keys on the posting path: each would lock a row a leg. */
@Entity('payments')
@Check('payments_amount_check', 'amount > 0')
@Check('destination_owner', '(counterparty_client_id IS NULL) = (unknown_destination IS NOT NULL)')
@Check('failure_of_the_failed', "(failure IS NOT NULL) = (status = 'failed')")
@Check(
  'entries_of_what_did_not_fail',
  `CASE WHEN rail IS NULL THEN (source_seq IS NOT NULL) = (status <> 'failed')
    WHEN rail = 'withdrawal' THEN (source_seq IS NOT NULL) = (status <> 'failed' OR version > 1)
    ELSE source_seq IS NULL END`,
)
@Check(
  'credit_of_what_was_not_held',
  "(destination_seq IS NOT NULL) = (status = 'succeeded' AND hold_until IS NULL AND rail IS NULL)",
)
@Check('bank_parts', '(rail IS NULL) = (fee IS NULL) AND (rail IS NULL) = (bank IS NULL)')
@Check('fee_within_amount', 'fee BETWEEN 0 AND amount')
@Check('captured_within_amount', 'captured BETWEEN 0 AND amount')
@Check('refunded_within_captured', 'refunded BETWEEN 0 AND coalesce(captured, amount)')
@Check('captured_holds', "(captured IS NOT NULL) = (hold_until IS NOT NULL AND status = 'succeeded')")
@Check(
  'unheld_states',
  `CASE WHEN rail IS NOT NULL THEN status IN ('processing', 'succeeded', 'failed') AND hold_until IS NULL
    WHEN hold_until IS NULL THEN status IN ('succeeded', 'failed')
    ELSE status <> 'processing' END`,
)
@Check(
  'completed_holds',
  `(completed_at IS NOT NULL) = CASE WHEN rail IS NULL
    THEN hold_until IS NOT NULL AND status NOT IN ('requires_capture', 'failed')
    ELSE status <> 'processing' AND version > 1 END`,
)
@Index('payments_reference', ['clientId', 'reference'], {
  unique: true,
  where: "((reference IS NOT NULL) AND (status <> 'failed'::payment_status))",
})
@Index('payments_reference_failed', ['clientId', 'reference'], {
  where: "((reference IS NOT NULL) AND (status = 'failed'::payment_status))",
})
@Index('payments_client', ['clientId', 'postedAt', 'id'])
@Index('payments_counterparty', ['counterpartyClientId', 'postedAt', 'id'], {
  where: '(counterparty_client_id <> client_id)',
})
@Index('payments_holds', ['holdUntil'], { where: "(status = 'requires_capture'::payment_status)" })
@Index('payments_client_failed', ['clientId', 'postedAt', 'id'], { where: FAILED })
@Index('payments_source_failed', ['sourceId', 'postedAt', 'id'], { where: FAILED })
@Index('payments_destination_processing', ['destinationId', 'postedAt', 'id'], {
  where: "(status = 'processing'::payment_status)",
})
@Index('payments_destination_failed', ['destinationId', 'postedAt', 'id'], { where: FAILED })
@Index('payments_time', ['postedAt'], { type: 'brin' })
export class Payment {
  /** Derived from client and Idempotency-Key. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'payments_pkey' })
  id!: string

  @Column('integer', { name: 'client_id' })
  clientId!: number

  /** The owner of the destination; null when there is no such account. */
  @Column('integer', { name: 'counterparty_client_id', nullable: true })
  counterpartyClientId!: number | null

  /** The destination's id as the client wrote it, when there is no such account: its tags cannot be made again. */
  @Column('text', { name: 'unknown_destination', nullable: true })
  unknownDestination!: string | null

  @Column('enum', { enum: LEDGER_PAYMENT_STATUSES, enumName: 'payment_status' })
  status!: (typeof LEDGER_PAYMENT_STATUSES)[number]

  @Column('text', { nullable: true })
  failure!: FailureCode | null

  @Column('uuid', { name: 'source_id' })
  sourceId!: string

  @Column('uuid', { name: 'destination_id' })
  destinationId!: string

  /** With `sourceId`, the primary key of the entry that took or held the money; later ones are in payment_operations. */
  @Column('bigint', { name: 'source_seq', nullable: true, transformer: safeInteger })
  sourceSeq!: number | null

  @Column('bigint', { name: 'destination_seq', nullable: true, transformer: safeInteger })
  destinationSeq!: number | null

  /** Minor units. */
  @Column('bigint', { transformer: safeInteger })
  amount!: number

  @Column('character', { length: 3 })
  currency!: string

  @Column('text', { nullable: true })
  reference!: string | null

  @Column('text', { nullable: true })
  description!: string | null

  @Column('json', { nullable: true })
  metadata!: Record<string, string> | null

  /** 128 bits of the request's body: the same key with another body is a conflict. */
  @Column('bytea')
  fingerprint!: Buffer

  /** When payment-service accepted it. */
  @Column('timestamp with time zone', { name: 'created_at', precision: 3 })
  createdAt!: Date

  /** When the ledger recorded it. */
  @Column('timestamp with time zone', { name: 'posted_at', precision: 3 })
  postedAt!: Date

  @Column('integer', { default: 1 })
  version!: number

  /** When the hold ends; null for a payment without one. */
  @Column('timestamp with time zone', { name: 'hold_until', precision: 3, nullable: true })
  holdUntil!: Date | null

  /** Minor units that a hold's destination received; null for a payment without a hold, and until it is captured. */
  @Column('bigint', { nullable: true, transformer: safeInteger })
  captured!: number | null

  /** Minor units that went back; null for none. */
  @Column('bigint', { nullable: true, transformer: safeInteger })
  refunded!: number | null

  /** When a hold reached its final state, or a bank had answered; any other payment has it with its posting. */
  @Column('timestamp with time zone', { name: 'completed_at', precision: 3, nullable: true })
  completedAt!: Date | null

  /** How money comes from a bank or goes to one; null for a payment between accounts, like the two that follow. */
  @Column('enum', { enum: BANK_RAILS, enumName: 'bank_rail', nullable: true })
  rail!: BankRail | null

  /** Commission in minor units. */
  @Column('bigint', { nullable: true, transformer: safeInteger })
  fee!: number | null

  @Column('json', { nullable: true })
  bank!: { reference?: string; card?: Card } | null
}
