import { ENTRY_KINDS } from '@paycluster/contracts'
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm'
import { safeInteger } from './safe-integer.ts'

/** One side of a posting, never changed. `seq` is the account's version after it: gap-free, from 1. */
@Entity('entries')
@Check('entries_change_something', 'amount <> 0 OR held IS NOT NULL')
@Check('held_changes', 'held <> 0')
@Check('held_after_is_positive', 'held_after > 0')
@Index('entries_time', ['createdAt'], { type: 'brin' })
export class Entry {
  @PrimaryColumn('uuid', { name: 'account_id', primaryKeyConstraintName: 'entries_pkey' })
  accountId!: string

  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'entries_pkey', transformer: safeInteger })
  seq!: number

  @Column('uuid', { name: 'payment_id' })
  paymentId!: string

  @Column('enum', { enum: ENTRY_KINDS, enumName: 'entry_kind' })
  kind!: (typeof ENTRY_KINDS)[number]

  /** The client that the payment's id is bound to. */
  @Column('integer', { name: 'payment_client_id' })
  paymentClientId!: number

  /** Minor units; negative leaves the account. */
  @Column('bigint', { transformer: safeInteger })
  amount!: number

  @Column('bigint', { name: 'balance_after', transformer: safeInteger })
  balanceAfter!: number

  /** The change of what is pending, in minor units; null for none. */
  @Column('bigint', { nullable: true, transformer: safeInteger })
  held!: number | null

  /** What is pending after it; null for nothing. */
  @Column('bigint', { name: 'held_after', nullable: true, transformer: safeInteger })
  heldAfter!: number | null

  /** Never goes back along an account's sequence. */
  @Column('timestamp with time zone', { name: 'created_at', precision: 3 })
  createdAt!: Date
}
