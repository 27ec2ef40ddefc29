import { LEDGER_ACCOUNT_KINDS } from '@paycluster/contracts'
import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm'
import { Client } from './client.ts'

/**
 * An account as an object; its money is in {@link AccountBalance}.
 *
 * Beyond TypeORM: the index `accounts_client` goes by created_at and id descending.
 */
@Entity('accounts')
@Index('accounts_client', ['clientId', 'createdAt', 'id'])
@Index('accounts_external_id', ['clientId', 'externalId'], { where: '(external_id IS NOT NULL)' })
export class Account {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'accounts_pkey' })
  id!: string

  @Column('integer', { name: 'client_id' })
  @ForeignKey(() => Client, { name: 'accounts_client_id_fkey' })
  clientId!: number

  @Column('enum', { enum: LEDGER_ACCOUNT_KINDS, enumName: 'account_kind' })
  kind!: (typeof LEDGER_ACCOUNT_KINDS)[number]

  @Column('character', { length: 3 })
  currency!: string

  @Column('text', { name: 'external_id', nullable: true })
  externalId!: string | null

  @Column('json', { default: {} })
  metadata!: Record<string, string>

  /** 128 bits of the creating request's body. */
  @Column('bytea')
  fingerprint!: Buffer

  @Column('timestamp with time zone', { name: 'created_at', precision: 3 })
  createdAt!: Date

  /** Counts changes other than postings. */
  @Column('integer', { default: 1 })
  revision!: number
}
