import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm'
import { Account } from './account.ts'

export const ACCOUNT_CHANGE_KINDS = ['block', 'unblock', 'limit'] as const

/** A change of an account other than a posting, with its reason. Never changed itself. */
@Entity('account_changes')
@Index('account_changes_account', ['accountId', 'postedAt', 'id'])
export class AccountChange {
  /** Derived from client, account and Idempotency-Key. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'account_changes_pkey' })
  id!: string

  @Column('uuid', { name: 'account_id' })
  @ForeignKey(() => Account, { name: 'account_changes_account_id_fkey' })
  accountId!: string

  /** Who asked for it. */
  @Column('integer', { name: 'client_id' })
  clientId!: number

  @Column('enum', { enum: ACCOUNT_CHANGE_KINDS, enumName: 'account_change_kind' })
  kind!: (typeof ACCOUNT_CHANGE_KINDS)[number]

  @Column('text')
  reason!: string

  /** Of a change of what it may spend, in minor units. */
  @Column('jsonb', { nullable: true })
  limits!: { overdraft: number; per_payment: number | null; per_day: number | null } | null

  /** The key that asked for that. */
  @Column('text', { name: 'asked_by_key_id', nullable: true })
  askedByKeyId!: string | null

  @Column('bytea')
  fingerprint!: Buffer

  /** Of the account after it. */
  @Column('integer')
  revision!: number

  /** When payment-service accepted it. */
  @Column('timestamp with time zone', { name: 'created_at', precision: 3 })
  createdAt!: Date

  /** When the ledger recorded it. */
  @Column('timestamp with time zone', { name: 'posted_at', precision: 3 })
  postedAt!: Date
}
