import { ACCOUNT_STATUSES } from '@paycluster/contracts'
import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm'
import { Account } from './account.ts'
import { safeInteger } from './safe-integer.ts'

/**
 * An account's money and what deciding a payment needs. Amounts in minor units.
 *
 * Beyond TypeORM: amounts have the domain `minor_units` (TypeORM sees its base type, bigint), and the table leaves half
 * of each page free for the next versions of its rows.
 */
@Entity('account_balances')
@Check('account_balances_held_check', 'held >= 0')
@Check('available_funds', 'posted - held >= min_available')
@Check('account_balances_payment_limit_check', 'payment_limit >= 0')
@Check('account_balances_daily_limit_check', 'daily_limit >= 0')
@Check('account_balances_spent_check', 'spent > 0')
@Check('spent_on_a_day', '(spent IS NULL) = (spent_on IS NULL)')
export class AccountBalance {
  @PrimaryColumn('uuid', { name: 'account_id', primaryKeyConstraintName: 'account_balances_pkey' })
  @ForeignKey(() => Account, { name: 'account_balances_account_id_fkey' })
  accountId!: string

  @Column('integer', { name: 'client_id' })
  clientId!: number

  @Column('character', { length: 3 })
  currency!: string

  @Column('enum', { enum: ACCOUNT_STATUSES, enumName: 'account_status', default: 'active' })
  status!: (typeof ACCOUNT_STATUSES)[number]

  @Column('bigint', { default: 0, transformer: safeInteger })
  posted!: number

  @Column('bigint', { default: 0, transformer: safeInteger })
  held!: number

  /** Zero, or below it by the overdraft; far below it for the cluster's own. */
  @Column('bigint', { name: 'min_available', default: 0, transformer: safeInteger })
  minAvailable!: number

  /** The number of the account's entries, and the sequence of the last. */
  @Column('bigint', { default: 0, transformer: safeInteger })
  version!: number

  @Column('timestamp with time zone', { name: 'updated_at', precision: 3 })
  updatedAt!: Date

  /** The most of one payment; null for no limit. */
  @Column('bigint', { name: 'payment_limit', nullable: true, transformer: safeInteger })
  paymentLimit!: number | null

  /** The most of one day of UTC; null for no limit. */
  @Column('bigint', { name: 'daily_limit', nullable: true, transformer: safeInteger })
  dailyLimit!: number | null

  /** The last day on which something was spent under that limit. */
  @Column('date', { name: 'spent_on', nullable: true })
  spentOn!: string | null

  @Column('bigint', { nullable: true, transformer: safeInteger })
  spent!: number | null
}
