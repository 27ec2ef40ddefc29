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

  /** Zero for clients' accounts; far below it for the cluster's own. */
  @Column('bigint', { name: 'min_available', default: 0, transformer: safeInteger })
  minAvailable!: number

  /** The number of the account's entries, and the sequence of the last. */
  @Column('bigint', { default: 0, transformer: safeInteger })
  version!: number

  @Column('timestamp with time zone', { name: 'updated_at', precision: 3 })
  updatedAt!: Date
}
