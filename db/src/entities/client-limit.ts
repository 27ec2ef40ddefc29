import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm'
import { Client } from './client.ts'
import { safeInteger } from './safe-integer.ts'

/** What a client may spend of a currency, over all of its accounts. Amounts in minor units. */
@Entity('client_limits')
@Check('client_limits_payment_limit_check', 'payment_limit >= 0')
@Check('client_limits_daily_limit_check', 'daily_limit >= 0')
@Check('client_limits_spent_check', 'spent > 0')
@Check('client_spent_on_a_day', '(spent IS NULL) = (spent_on IS NULL)')
export class ClientLimit {
  @PrimaryColumn('integer', { name: 'client_id', primaryKeyConstraintName: 'client_limits_pkey' })
  @ForeignKey(() => Client, { name: 'client_limits_client_id_fkey' })
  clientId!: number

  @PrimaryColumn('character', { length: 3, primaryKeyConstraintName: 'client_limits_pkey' })
  currency!: string

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
