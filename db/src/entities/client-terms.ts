import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm'
import { Client } from './client.ts'

/** What a bank's services cost a client, in basis points of commission; null: as the settings have it. */
@Entity('client_terms')
@Check('client_terms_deposit_bps_check', 'deposit_bps BETWEEN 0 AND 10000')
@Check('client_terms_withdrawal_bps_check', 'withdrawal_bps BETWEEN 0 AND 10000')
@Check('client_terms_card_bps_check', 'card_bps BETWEEN 0 AND 10000')
@Check('client_terms_revision_check', 'revision > 0')
export class ClientTerms {
  @PrimaryColumn('integer', { name: 'client_id', primaryKeyConstraintName: 'client_terms_pkey' })
  @ForeignKey(() => Client, { name: 'client_terms_client_id_fkey' })
  clientId!: number

  @Column('integer', { name: 'deposit_bps', nullable: true })
  depositBps!: number | null

  @Column('integer', { name: 'withdrawal_bps', nullable: true })
  withdrawalBps!: number | null

  @Column('integer', { name: 'card_bps', nullable: true })
  cardBps!: number | null

  /** Counts the changes, those of limits as well. */
  @Column('integer')
  revision!: number
}
