import { DISABLED_REASONS, type DisabledReason } from '@paycluster/contracts'
import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm'
import { Client } from './client.ts'

/** Where a client is told of what happens to its accounts and payments. */
@Entity('webhook_endpoints')
@Check('disabled_for_a_reason', '(disabled_at IS NULL) = (disabled_reason IS NULL)')
@Index('webhook_endpoints_of_client', ['clientId', 'createdAt', 'id'], { where: 'deleted_at IS NULL' })
export class WebhookEndpoint {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'webhook_endpoints_pkey' })
  id!: string

  @Column('integer', { name: 'client_id' })
  @ForeignKey(() => Client, { name: 'webhook_endpoints_client_id_fkey' })
  clientId!: number

  @Column('text')
  url!: string

  /** Null: all types. */
  @Column('text', { array: true, nullable: true })
  events!: string[] | null

  @Column('text', { nullable: true })
  description!: string | null

  @Column('timestamp with time zone', { name: 'disabled_at', precision: 3, nullable: true })
  disabledAt!: Date | null

  @Column('enum', {
    name: 'disabled_reason',
    enum: DISABLED_REASONS,
    enumName: 'webhook_disabled_reason',
    nullable: true,
  })
  disabledReason!: DisabledReason | null

  /** The first failure after which nothing was delivered. */
  @Column('timestamp with time zone', { name: 'failing_since', precision: 3, nullable: true })
  failingSince!: Date | null

  @Column('integer', { name: 'secret_version', default: 1 })
  secretVersion!: number

  /** Earlier ones that sign as well. */
  @Column('jsonb', { name: 'old_secrets', default: [] })
  oldSecrets!: { version: number; until: string }[]

  @Column('bytea')
  fingerprint!: Buffer

  @Column('integer', { default: 1 })
  version!: number

  @Column('timestamp with time zone', { name: 'created_at', precision: 3, default: () => 'clock_timestamp()' })
  createdAt!: Date

  /** A deleted one keeps its id: the Idempotency-Key that made it makes no other. */
  @Column('timestamp with time zone', { name: 'deleted_at', precision: 3, nullable: true })
  deletedAt!: Date | null
}
